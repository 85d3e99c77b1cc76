/// What a typing rule accepts also runs, and means what it says: operands that fit less well than the drawn ones are refused,
/// or are as good.
module Adjoint.Properties.Laws.TypeLaws

open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels

let private plainly = RunOptions(UseKernels = false, Parallel = Serial.Instance)

/// An array with its numbers over and over in another shape.
let private reshaped (shape: Shape) (x: NDArray) : HostValue =
    let result = NDArray.New(x.Type, shape)

    for i in 0 .. result.Size - 1 do
        result.Set(i, (if x.Size = 0 then Scalar.Zero x.Type else x.At(i % x.Size)))

    result

/// An operand of another type.
let private others (x: HostValue) : HostValue list =
    match x with
    | :? NDArray as x ->
        [
            for dtype in [ DType.F64; DType.F32; DType.I64; DType.Bool; DType.C128 ] do
                if dtype <> x.Type then
                    yield Retyping.value dtype x
            yield reshaped (x.Shape.Insert(0, Extent 1)) x
            for axis in 0 .. x.Shape.Rank - 1 do
                yield reshaped (x.Shape.With(axis, Extent(x.Shape[axis].Value + 1))) x
            if x.Shape.Rank > 0 then
                yield reshaped (x.Shape.Remove 0) x
        ]
    | _ -> []

/// Operands one of which has another type, is missing, or is there twice.
let private altered (operands: HostValue list) =
    [
        for i in 0 .. operands.Length - 1 do
            for other in others operands[i] do
                yield List.updateAt i other operands
        if not operands.IsEmpty then
            yield List.take (operands.Length - 1) operands
            yield operands @ [ List.last operands ]
    ]

let accepted =
    {
        Name = "what types also runs"
        Mode = Edges
        Differential = false
        Check =
            fun case _ ->
                match Retyping.primitive case with
                | None -> Says.nothing ()
                | Some primitive ->
                    for operands in altered case.Operands do
                        Retyping.call primitive operands
                        |> Option.iter (fun graph ->
                            Verifier.Check graph

                            match ValueLaws.outcome plainly graph operands with
                            | Error error when error <> typeof<DomainException> -> failtest $"{graph}\nfails with {error} though it types"
                            | _ ->
                                Case.make graph [ operands ] [ for _ in operands -> false ]
                                |> JudgeLaws.agrees
                                |> ignore)
    }

let all = [ accepted ]
