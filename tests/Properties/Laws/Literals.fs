/// Arrays and stacks as F# writes them, and how F# code makes them: what a failing case is printed with.
[<AutoOpen>]
module Adjoint.Properties.Laws.Literals

open System
open System.Globalization
open System.Numerics
open Adjoint.Core

let private filled (dtype: DType) (extents: int list) (scalars: Scalar list) : HostValue =
    let result = NDArray.New(dtype, Shape.Of(Array.ofList extents))
    scalars |> List.iteri (fun i scalar -> result.Set(i, scalar))
    result

/// An array of a floating dtype.
let reals dtype extents (numbers: float list) =
    filled dtype extents [ for x in numbers -> Scalar.Of(dtype, x) ]

/// An array of an integer dtype, or of bools as 0 and 1; above the largest int64 a u64 is its negative twin.
let wholes dtype extents (numbers: int64 list) =
    let scalar (x: int64) =
        if dtype = DType.U64 then
            Scalar.Of(uint64 x)
        else
            Scalar.Of(dtype, x)

    filled dtype extents (List.map scalar numbers)

/// An array of a complex dtype, from real and imaginary parts.
let complexes dtype extents (numbers: (float * float) list) =
    filled dtype extents [ for re, im in numbers -> Scalar.Of(dtype, Complex(re, im)) ]

/// A stack of entries, of which there is at least one.
let entries (values: HostValue list) : HostValue =
    let result =
        match values.Head with
        | :? NDArray as x -> HostStack(x.Type, x.Shape)
        | head ->
            let stack = head :?> HostStack
            HostStack(stack.Type, stack.Shape, stack.Depth + 1)

    values |> List.iteri (fun i value -> result.Put(i, value))
    result

let private real (x: float) =
    if Double.IsNaN x then
        "nan"
    elif Double.IsPositiveInfinity x then
        "infinity"
    elif Double.IsNegativeInfinity x then
        "-infinity"
    else
        let text = x.ToString("R", CultureInfo.InvariantCulture)

        if text.IndexOfAny [| '.'; 'E' |] < 0 then
            text + ".0"
        else
            text

let private listed (texts: string seq) = "[ " + String.Join("; ", texts) + " ]"

let private extents (shape: Shape) =
    listed [ for extent in shape.ToArray() -> string extent ]

let private arrayText (x: NDArray) =
    let scalars = [ for i in 0 .. x.Size - 1 -> x.At i ]

    if x.Type.IsComplex() then
        let pair (z: Complex) = $"{real z.Real}, {real z.Imaginary}"
        $"complexes DType.{x.Type} {extents x.Shape} {listed [ for z in scalars -> pair z.AsComplex ]}"
    elif x.Type.IsFloating() then
        $"reals DType.{x.Type} {extents x.Shape} {listed [ for z in scalars -> real z.AsDouble ]}"
    else
        let numbers = [ for z in scalars -> $"{int64 z.Bits}L" ]
        $"wholes DType.{x.Type} {extents x.Shape} {listed numbers}"

/// F# code that makes the value.
let rec literal (value: HostValue) : string =
    match value with
    | :? NDArray as x -> arrayText x
    | :? HostStack as x when x.Count = 0 ->
        let shape = String.Join(", ", x.Shape.ToArray())
        $"HostStack(DType.{x.Type}, Shape.Of({shape}), {x.Depth})"
    | :? HostStack as x -> "entries " + listed [ for i in 0 .. x.Count - 1 -> literal (Values.entry x i) ]
    | _ -> failwith "A value is an array or a stack."
