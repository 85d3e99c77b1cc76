namespace Adjoint.Properties.Laws

open System
open System.Collections.Immutable
open Adjoint.Core
open Adjoint.Ir

/// What laws are tried on: a function, three lanes of operands of which the first counts, and where derivatives are meant.
type Case =
    {
        Graph: Graph
        Lanes: HostValue list list
        Active: ParameterMask
    }

    member case.Operands = case.Lanes.Head

    member case.Point: Point =
        {
            Graph = case.Graph
            At = case.Operands
            Active = case.Active
        }

    /// Whether anything has a derivative here.
    member case.IsDifferentiable = case.Active.Any && (Point.withTangents case.Graph.Results).Any

/// Where cases come from: a primitive's draw, or random programs.
type Subject =
    {
        Name: string
        Draw: SampleSource -> Graph * HostValue list * ParameterMask option
    }

[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Case =

    let private lanes = 3

    let make graph (lanes: HostValue list list) active =
        {
            Graph = graph
            Lanes = lanes
            Active = ParameterMask(Seq.ofList active)
        }

    /// The case on a tape, and the source from which the law may draw on.
    let draw (subject: Subject) mode tape =
        let sources = [ for lane in 0 .. lanes - 1 -> DrawnSource(tape, mode, lane) ]
        let drawn = sources |> List.map (fun source -> subject.Draw source)
        let graph, operands, active = drawn.Head

        let tangents =
            operands
            |> List.map (fun operand -> ValueTypes.Of(operand: HostValue).HasTangent)

        let case =
            {
                Graph = graph
                Lanes = drawn |> List.map (fun (_, operands, _) -> operands)
                Active = active |> Option.defaultWith (fun () -> ParameterMask tangents)
            }

        case, sources.Head

    let private indented (text: string) = text.Replace("\n", "\n    ")

    /// F# code that holds a law against the case.
    let code (law: string) (case: Case) mode (rest: Tape) =
        let listed (lane: HostValue list) =
            "[ " + String.Join("; ", List.map literal lane) + " ]"

        let active = case.Active |> Seq.map (fun flag -> if flag then "true" else "false")
        let quotes = "\"\"\""

        String.concat
            "\n"
            [
                $"let graph = GraphText.Parse({quotes}{case.Graph}{quotes}, Catalogue.Core)"
                "let lanes ="
                "    ["
                for lane in case.Lanes do
                    "        " + listed lane
                "    ]"
                let flags = String.Join("; ", active)
                $"Law.holds \"{law}\" (Case.make graph lanes [ {flags} ]) {mode} ({rest})"
            ]
        |> indented

/// A law is one function of any case; it draws directions and weights from the source, and throws where it does not hold.
type Law =
    {
        Name: string
        Mode: Mode
        /// Laws of derivatives say nothing where nothing has a derivative.
        Differential: bool
        Check: Case -> SampleSource -> unit
    }

    member law.Applies(case: Case) =
        not law.Differential || case.IsDifferentiable

/// A law has nothing to say of a case.
exception Silent

[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Says =

    /// Ends a law's check where there is nothing to look at.
    let nothing () = raise Silent

    /// Holds a law against a case. Whether it said anything; it throws where it does not hold.
    let anything (law: Law) case source =
        law.Applies case
        && (try
                law.Check case source
                true
            with Silent ->
                false)
