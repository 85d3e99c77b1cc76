/// Run-time values as vectors: sums, products, distances, lanes, and literals in F#.
[<RequireQualifiedAccess>]
module Adjoint.Properties.Laws.Values

open System
open System.Numerics
open Adjoint.Core
open Adjoint.Ir

/// The numbers of an array; a complex one gives its real and its imaginary part.
let parts (x: NDArray) =
    if x.Type.IsComplex() then
        Array.init (2 * x.Size) (fun i ->
            let z = x.At(i / 2).AsComplex
            if i % 2 = 0 then z.Real else z.Imaginary)
    else
        x.ToDoubles()

let ofParts (dtype: DType) (shape: Shape) (numbers: float[]) =
    let result = NDArray.New(dtype, shape)

    for i in 0 .. result.Size - 1 do
        if dtype.IsComplex() then
            result.Set(i, Scalar.Of(dtype, Complex(numbers[2 * i], numbers[2 * i + 1])))
        else
            result.Set(i, Scalar.Of(dtype, numbers[i]))

    result

/// An entry of a stack; one that was never put is zero.
let entry (stack: HostStack) index =
    match stack[index] with
    | null -> stack.ZeroEntry()
    | held -> held

let private stackOf (model: HostStack) depth (entries: HostValue seq) =
    let result = HostStack(model.Type, model.Shape, depth)
    entries |> Seq.iteri (fun i value -> result.Put(i, value))
    result

/// A stack of a type without entries.
let emptyStack (kind: ValueType) =
    let rec depth (kind: ValueType) =
        match kind with
        | :? StackType as stack ->
            let tensor, inside = depth stack.Element
            tensor, inside + 1
        | tensor -> (tensor :?> TensorType), 0

    let tensor, depth = depth kind
    HostStack(tensor.DType, tensor.Shape, depth)

/// A function of the numbers of two values of one type; the shorter stack counts as filled with zeros.
let rec zip (f: float -> float -> float) (a: HostValue) (b: HostValue) : HostValue =
    match a, b with
    | (:? NDArray as a), (:? NDArray as b) -> ofParts a.Type a.Shape (Array.map2 f (parts a) (parts b))
    | (:? HostStack as a), (:? HostStack as b) ->
        stackOf a a.Depth [ for i in 0 .. max a.Count b.Count - 1 -> zip f (entry a i) (entry b i) ]
    | _ -> failwith "An array meets a stack."

let map f (a: HostValue) = zip (fun x _ -> f x) a a

/// a + factor · b.
let move (factor: float) (a: HostValue) (b: HostValue) = zip (fun x y -> x + factor * y) a b

let add a b = zip (+) a b

/// The numbers of a value, with as many entries of stacks as the model has.
let rec flatten (model: HostValue) (value: HostValue) : float[] =
    match model, value with
    | _, (:? NDArray as value) -> parts value
    | (:? HostStack as model), (:? HostStack as value) ->
        [| for i in 0 .. model.Count - 1 -> flatten (entry model i) (entry value i) |]
        |> Array.concat
    | _ -> failwith "An array meets a stack."

/// The one of two values of one type with more entries of stacks.
let rec longer (a: HostValue) (b: HostValue) : HostValue =
    match a, b with
    | (:? HostStack as a), (:? HostStack as b) ->
        stackOf a a.Depth [ for i in 0 .. max a.Count b.Count - 1 -> longer (entry a i) (entry b i) ]
    | _ -> a

/// The numbers of two values side by side.
let pairs (a: HostValue) (b: HostValue) =
    let model = longer a b
    Array.zip (flatten model a) (flatten model b)

/// The real part of the bilinear product: without conjugation, as transposes are.
let rec dot (a: HostValue) (b: HostValue) : float =
    match a, b with
    | (:? NDArray as x), (:? NDArray as y) ->
        let sign i =
            if x.Type.IsComplex() && i % 2 = 1 then -1.0 else 1.0

        Array.map2 (*) (parts x) (parts y)
        |> Array.mapi (fun i z -> sign i * z)
        |> Array.sum
    | (:? HostStack as x), (:? HostStack as y) -> Seq.sum [ for i in 0 .. min x.Count y.Count - 1 -> dot (entry x i) (entry y i) ]
    | _ -> failwith "An array meets a stack."

let dots (a: HostValue seq) (b: HostValue seq) = Seq.map2 dot a b |> Seq.sum

/// The largest magnitude among finite numbers.
let magnitude (values: HostValue seq) =
    values
    |> Seq.collect (fun value -> flatten value value)
    |> Seq.filter Double.IsFinite
    |> Seq.fold (fun largest x -> max largest (abs x)) 0.0

/// Where two values differ by more than is allowed, or None. NaN equals NaN, and infinities themselves; integers and bools
/// are the same or differ.
let differs (allowed: float) (a: HostValue) (b: HostValue) =
    let allowed = if ValueTypes.Of(a).HasTangent then allowed else 0.0

    pairs a b
    |> Array.tryFindIndex (fun (x, y) -> not (x = y || Double.IsNaN x && Double.IsNaN y || abs (x - y) <= allowed))
    |> Option.map (fun i ->
        let x, y = (pairs a b)[i]
        $"number {i} is {x:R} against {y:R}, {abs (x - y):E2} apart with {allowed:E2} allowed")

let rec private scalars (value: HostValue) : Scalar list =
    match value with
    | :? NDArray as x -> [ for i in 0 .. x.Size - 1 -> x.At i ]
    | :? HostStack as x ->
        [
            for i in 0 .. x.Count - 1 do
                yield! scalars (entry x i)
        ]
    | _ -> []

/// The same types and bits; any NaN equals any other.
let sameBits (a: HostValue) (b: HostValue) =
    let plain (x: float) =
        if Double.IsNaN x then
            -1L
        else
            BitConverter.DoubleToInt64Bits x

    let bits (x: Scalar) =
        if x.Type.IsDifferentiable() then
            plain x.AsComplex.Real, plain x.AsComplex.Imaginary
        else
            int64 x.Bits, 0L

    ValueTypes.Of(a).Equals(ValueTypes.Of b)
    && List.map bits (scalars a) = List.map bits (scalars b)

/// Numbers of the value's type between -1 and 1; a stack has as many entries.
let rec randomLike (source: SampleSource) (value: HostValue) : HostValue =
    match value with
    | :? NDArray as x when x.Type.IsComplex() -> source.Numbers(x.Type, x.Shape)
    | :? NDArray as x -> source.Real(x.Type, x.Shape, Domain(-1.0, 1.0))
    | :? HostStack as x -> stackOf x x.Depth [ for i in 0 .. x.Count - 1 -> randomLike source (entry x i) ]
    | _ -> failwith "A value is an array or a stack."

/// Lanes as one batch: a new axis 0, or a stack of stacks.
let stackLanes (lanes: HostValue[]) : HostValue =
    match lanes[0] with
    | :? NDArray as first ->
        let result = NDArray.New(first.Type, first.Shape.Insert(0, Extent lanes.Length))

        lanes
        |> Array.iteri (fun lane value -> Array.Copy((value :?> NDArray).Storage, 0, result.Storage, lane * first.Size, first.Size))

        result
    | :? HostStack as first -> stackOf first (first.Depth + 1) lanes
    | _ -> failwith "A value is an array or a stack."

/// One lane of a batch.
let lane index (batch: HostValue) : HostValue =
    match batch with
    | :? NDArray as batch ->
        let result = NDArray.New(batch.Type, batch.Shape.Remove 0)
        Array.Copy(batch.Storage, index * result.Size, result.Storage, 0, result.Size)
        result
    | :? HostStack as batch -> entry batch index
    | _ -> failwith "A value is an array or a stack."
