namespace Adjoint.Suites.StableHlo

open System
open System.Numerics
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Front
open Adjoint.Suites

/// Judges the cases of a pack, by the checks that StableHLO's own tests make.
[<RequireQualifiedAccess>]
module Judge =

    /// How many floating numbers lie between two: as integers, those of one sign are ordered as they are.
    let private ulps kind (a: float) (b: float) =
        let between (bits: float -> int64) (least: int64) =
            let ordered x =
                let number = bits x
                decimal (if number < 0L then least - number else number)

            float (abs (ordered a - ordered b))

        match kind with
        | DType.F64
        | DType.C128 -> between BitConverter.DoubleToInt64Bits Int64.MinValue
        | DType.F16 -> between (fun x -> int64 (BitConverter.HalfToInt16Bits(Half.op_Explicit x))) (int64 Int16.MinValue)
        | DType.BF16 -> between (fun x -> int64 (BitConverter.SingleToInt32Bits(float32 x) >>> 16)) (int64 Int16.MinValue)
        | _ -> between (fun x -> int64 (BitConverter.SingleToInt32Bits(float32 x))) (int64 Int32.MinValue)

    /// expect_close allows three units in the last place, expect_almost_eq an absolute or relative 1e-4.
    let private near kind check (expected: float) (actual: float) =
        if expected = actual || (Double.IsNaN expected && Double.IsNaN actual) then
            true
        elif not (Double.IsFinite expected && Double.IsFinite actual) then
            false
        else
            match check with
            | "expect_close" -> ulps kind expected actual <= 3.0
            | "expect_almost_eq"
            | "expect_almost_eq_const" ->
                let distance = abs (expected - actual)
                distance <= 1e-4 || distance <= 1e-4 * max (abs expected) (abs actual)
            | _ -> false

    let private numbers (array: NDArray) : Complex[] =
        Array.init array.Size (fun i -> array.At(i).AsComplex)

    /// What a result may differ by beside its check, for each element.
    let private compare which (expected: Expected) (slack: int -> float) (actual: NDArray) =
        let wanted = expected.Value

        if wanted.Type <> actual.Type || not (wanted.Shape.Equals actual.Shape) then
            Some $"{which}: {actual.Describe()} instead of {wanted.Describe()}"
        elif not (wanted.Type.IsDifferentiable()) then
            [ 0 .. wanted.Size - 1 ]
            |> List.tryFind (fun i -> wanted.At i <> actual.At i)
            |> Option.map (fun i -> $"{which}: element {i} is {actual.At i}, not {wanted.At i}")
        else
            let wanted, actual = numbers wanted, numbers actual

            let agree i =
                near expected.Value.Type expected.Check wanted[i].Real actual[i].Real
                && near expected.Value.Type expected.Check wanted[i].Imaginary actual[i].Imaginary
                || Complex.Abs(wanted[i] - actual[i]) <= slack i

            [ 0 .. wanted.Length - 1 ]
            |> List.tryFind (agree >> not)
            |> Option.map (fun i -> $"{which}: element {i} is {actual[i].Real:R}, not {wanted[i].Real:R}")

    /// Operations that only sum and move, so that their rounding is known: a sum may be off by units in the last place of the sum of
    /// its terms' magnitudes.
    let private sums =
        set
            [
                "convolution"
                "reduce_window"
                "add"
                "constant"
                "reshape"
                "transpose"
                "broadcast_in_dim"
                "dot_general"
                "call"
            ]

    let private onlySums (case: Case) =
        let rec plain (statement: Statement) =
            sums.Contains statement.Operation
            && statement.Regions |> List.forall (fun region -> List.forall plain region.Body)

        case.Program |> List.forall plain
        && case.Functions |> Map.forall (fun _ code -> List.forall plain code.Body)

    let private magnitude (array: NDArray) : NDArray =
        if array.Type.IsDifferentiable() then
            (Expr.Of array).Abs().Value()
        else
            array

    let private build (case: Case) (inputs: NDArray list) =
        let struct (graph, captured) =
            GraphBuilder.BuildOpen(
                inputs |> List.map (fun input -> Adjoint.Ir.TensorType(input.Type, input.Shape)),
                (fun parameters -> Programs.results case (List.ofArray parameters) |> List.toArray)
            )

        graph,
        [|
            for array in inputs @ [ for value in captured -> value.Value() ] -> array :> HostValue
        |]

    let private evaluate (case: Case) inputs : NDArray[] =
        let graph, arguments = build case inputs

        Interpreter.Run(graph, arguments, RunOptions(UseKernels = false))
        |> Array.map (fun value -> value :?> NDArray)

    /// For each result and element, three roundings of the sum of magnitudes; nothing for programs that do more than sum.
    let private slack (case: Case) (inputs: NDArray list) : (int -> float)[] =
        if onlySums case && not inputs.IsEmpty then
            evaluate case (List.map magnitude inputs)
            |> Array.map (fun (bound: NDArray) ->
                let bounds = bound.ToDoubles()
                fun i -> 3.0 * bound.Type.Epsilon() * abs bounds[i])
        else
            case.Expected |> List.map (fun _ _ -> 0.0) |> List.toArray

    /// A case, evaluated plainly and compiled.
    let case (case: Case) =
        let judge () =
            let inputs = case.Inputs |> List.map snd
            let graph, arguments = build case inputs
            let plain = Interpreter.Run(graph, arguments, RunOptions(UseKernels = false))
            let compiled = Executable.Compile(graph).RunValues(arguments)
            let slack = slack case inputs

            let wrong which (results: HostValue[]) =
                Seq.zip3 case.Expected slack results
                |> Seq.tryPick (fun (expected, slack, actual) -> compare which expected slack (actual :?> NDArray))

            match
                wrong "evaluated" plain
                |> Option.orElseWith (fun () -> wrong "compiled" compiled)
            with
            | Some difference -> Failed difference
            | None -> Passed

        {
            Name = case.Name
            Group = case.Group
            Verdict =
                match Map.tryFind case.Name Programs.otherwise with
                | Some reason -> NotApplicable reason
                | None -> Verdict.from judge
        }
