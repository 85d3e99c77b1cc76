namespace Adjoint.Properties.Laws

open System.Collections.Immutable
open Adjoint.Ir
open Adjoint.Primitives

/// All laws.
[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Law =

    let all =
        List.concat
            [
                ValueLaws.all
                DTypeLaws.all
                JudgeLaws.all
                TypeLaws.all
                CreationLaws.all
                TangentLaws.all
                ComplexStep.all
                TransposeLaws.all
                OrderLaws.all
                BatchLaws.all
                LaneLaws.all
                PassLaws.all
                MemoryLaws.all
                BranchLaws.all
                [ Adjoint.Properties.Compile.ElementLaw.law ]
                Adjoint.Properties.Compile.FusionLaw.all
                Adjoint.Properties.Compile.ExactLaw.all
                Adjoint.Properties.Compile.RegionLaw.all
            ]

    let find name =
        all |> List.find (fun law -> law.Name = name)

    /// Holds a law against a case; directions are drawn from the tape. A failing case is printed as a call of this.
    let holds name case mode tape =
        (find name).Check case (DrawnSource(tape, mode, 0))

/// What laws are tried on.
[<RequireQualifiedAccess>]
module Subjects =

    let private ofSample (sample: Sample) =
        let operands = List.ofSeq sample.Operands

        let graph =
            Graph.Of(operands |> List.map ValueTypes.Of, fun x -> Node.Make(sample.Primitive, x.ToImmutableArray()).Results)

        graph, operands, Option.ofObj sample.Active

    let private ofEntry (entry: PrimitiveEntry) =
        {
            Name = entry.Name
            Draw = entry.Draw.Invoke >> ofSample
        }

    let primitives = [ for entry in Catalogue.Core.Entries -> ofEntry entry ]

    let private drawProgram (source: SampleSource) =
        let draw count =
            [
                for _ in 1..count -> TensorType(source.Floating(), source.Shape(maxRank = 2))
            ]

        let inputs, outputs = draw (source.Int(1, 3)), draw (source.Int(1, 2))
        let types = List.map (fun x -> x :> ValueType)
        let graph = Programs.draw source (types inputs) (types outputs)

        let operands =
            [
                for x in inputs -> source.Real(x.DType, x.Shape, Domain.All) :> Adjoint.Core.HostValue
            ]

        graph, operands, None

    /// Random programs with control flow.
    let programs =
        {
            Name = "programs"
            Draw = drawProgram
        }
