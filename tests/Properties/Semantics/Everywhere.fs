/// Runs a function of arrays in every way there is: evaluated plainly, by kernels, and compiled.
module Adjoint.Properties.Semantics.Everywhere

open System
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Front
open Adjoint.Ir
open Adjoint.Properties.ElementwiseRuns

let floating = [ DType.F16; DType.BF16; DType.F32; DType.F64 ]
let signed = [ DType.I8; DType.I16; DType.I32; DType.I64 ]
let unsigned = [ DType.U8; DType.U16; DType.U32; DType.U64 ]
let integers = signed @ unsigned
let complex = [ DType.C64; DType.C128 ]

/// A vector of these numbers in a dtype.
let vector dtype (items: float list) =
    let array = NDArray.New(dtype, Shape.Of items.Length)

    items
    |> List.iteri (fun i item ->
        array.Set(
            i,
            if dtype = DType.Bool then
                Scalar.Of((item <> 0.0))
            else
                Scalar.Of(dtype, item)
        ))

    array

/// The least and the largest number of an integer dtype.
let limits dtype =
    match dtype with
    | DType.I8 -> Scalar.Of(dtype, int64 SByte.MinValue), Scalar.Of(dtype, int64 SByte.MaxValue)
    | DType.I16 -> Scalar.Of(dtype, int64 Int16.MinValue), Scalar.Of(dtype, int64 Int16.MaxValue)
    | DType.I32 -> Scalar.Of(dtype, int64 Int32.MinValue), Scalar.Of(dtype, int64 Int32.MaxValue)
    | DType.I64 -> Scalar.Of(dtype, Int64.MinValue), Scalar.Of(dtype, Int64.MaxValue)
    | DType.U8 -> Scalar.Zero dtype, Scalar.Of(dtype, int64 Byte.MaxValue)
    | DType.U16 -> Scalar.Zero dtype, Scalar.Of(dtype, int64 UInt16.MaxValue)
    | DType.U32 -> Scalar.Zero dtype, Scalar.Of(dtype, int64 UInt32.MaxValue)
    | _ -> Scalar.Zero dtype, Scalar.Of UInt64.MaxValue

/// A vector of one number.
let single (number: Scalar) = NDArray.Full(Shape.Of 1, number)

let private graphOf (f: Expr[] -> Expr) (operands: NDArray list) =
    GraphBuilder.Build(operands |> List.map TensorType.Of, (fun x -> [| f x |]))

/// The ways to run a graph, by name.
let ways: (string * (Graph -> NDArray list -> NDArray)) list =
    let values (operands: NDArray list) =
        operands |> List.map (fun x -> x :> HostValue) |> List.toArray

    let interpreted kernels (graph: Graph) operands =
        Interpreter.Run(graph, values operands, RunOptions(UseKernels = kernels))[0] :?> NDArray

    [
        "plain", interpreted false
        "kernels", interpreted true
        "compiled", (fun graph operands -> Executable.Compile(graph).RunValues(values operands)[0] :?> NDArray)
    ]

/// Expects these elements, by bits, of this type, in every way.
let everywhere (f: Expr[] -> Expr) (operands: NDArray list) (expected: NDArray) =
    let graph = graphOf f operands

    for way, run in ways do
        let actual = run graph operands
        Expect.equal (actual.Describe()) (expected.Describe()) $"{way}: type"
        Expect.equal (elements actual) (elements expected) $"{way}: elements of {expected.Describe()}"

/// Expects an error of this kind, whose message has this text, in every way.
let failsEverywhere<'Error when 'Error :> exn> (text: string) (f: Expr[] -> Expr) (operands: NDArray list) =
    let graph = graphOf f operands

    for way, run in ways do
        Expect.throwsC (fun () -> run graph operands |> ignore) (fun error ->
            Expect.isTrue (error :? 'Error) $"{way}: {error.GetType().Name}"
            Expect.stringContains error.Message text $"{way}: the message")

/// The gradient of the sum of a function of real numbers, in reverse and in forward mode.
let slopes (f: Expr -> Expr) (x: float list) (expected: float list) =
    let at = Expr.Of(List.toArray x)
    let reverse = Differential.Grad((fun (x: Expr) -> (f x).Sum())).Invoke(at).ToArray<float>()

    let forward =
        [|
            for i in 0 .. x.Length - 1 ->
                let unit = Expr.Of(Array.init x.Length (fun j -> if i = j then 1.0 else 0.0))
                let struct (_, tangent) = Differential.Jvp((fun x -> (f x).Sum()), at, unit)
                tangent.Item<float>()
        |]

    // 0 and -0 are one slope, and NaN is one.
    let text items =
        items |> Seq.map (fun x -> string (x + 0.0)) |> List.ofSeq

    Expect.equal (text reverse) (text expected) "reverse"
    Expect.equal (text forward) (text expected) "forward"

/// A test of one dtype after the other.
let forEach dtypes name (test: DType -> unit) =
    testCase name (fun () -> List.iter test dtypes)
