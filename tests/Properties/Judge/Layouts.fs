/// What primitives that move elements mean, place by place.
[<RequireQualifiedAccess>]
module Adjoint.Properties.Judge.Layouts

open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives

let private ints (items: int seq) = Array.ofSeq items

let private broadcast (shape: int[]) (axes: int[]) (x: Grid) =
    Grid.make x.DType shape (fun place -> Grid.at x [| for axis in axes -> place[axis] |])

let private permute (order: int[]) (x: Grid) =
    Grid.make x.DType [| for axis in order -> x.Shape[axis] |] (fun place ->
        let from = Array.zeroCreate order.Length
        order |> Array.iteri (fun i axis -> from[axis] <- place[i])
        Grid.at x from)

let private reverse (axes: int[]) (x: Grid) =
    Grid.make x.DType x.Shape (fun place ->
        place
        |> Array.mapi (fun axis i ->
            if Array.contains axis axes then
                x.Shape[axis] - 1 - i
            else
                i)
        |> Grid.at x)

let private slice (start: int[]) (limit: int[]) (stride: int[]) (x: Grid) =
    let extent axis =
        max 0 ((limit[axis] - start[axis] + stride[axis] - 1) / stride[axis])

    Grid.make x.DType (Array.init x.Shape.Length extent) (fun place ->
        Grid.at x (Array.mapi (fun axis i -> start[axis] + i * stride[axis]) place))

let private pad (low: int[]) (high: int[]) (interior: int[]) (x: Grid) (filling: Grid) =
    let grown axis =
        let n = x.Shape[axis]
        n + max 0 (n - 1) * interior[axis]

    let shape = Array.init x.Shape.Length (fun axis -> low[axis] + grown axis + high[axis])

    Grid.make x.DType shape (fun place ->
        let inside = Array.mapi (fun axis i -> i - low[axis]) place
        let onGrid = Array.forall2 (fun i step -> i % (step + 1) = 0) inside interior
        let source = Array.map2 (fun i step -> if i < 0 then -1 else i / (step + 1)) inside interior

        match Grid.inside x.Shape source with
        | Some source when onGrid -> Grid.at x source
        | _ -> filling.Cells[0])

let private concatenate axis (parts: Grid list) =
    let shape = Array.copy parts.Head.Shape
    shape[axis] <- parts |> List.sumBy (fun part -> part.Shape[axis])

    Grid.make parts.Head.DType shape (fun place ->
        let rec find i (parts: Grid list) =
            if i < parts.Head.Shape[axis] then
                Grid.at parts.Head (Array.updateAt axis i place)
            else
                find (i - parts.Head.Shape[axis]) parts.Tail

        find place[axis] parts)

/// Starts given by scalars, moved into range, or refused where they are checked.
let private starts isChecked (shape: int[]) (sizes: int[]) (given: Grid list) =
    given
    |> List.mapi (fun axis start ->
        let most = bigint (shape[axis] - sizes[axis])
        let wanted = Cell.whole start.Cells[0]
        let moved = max 0I (min most wanted)

        if isChecked && moved <> wanted then
            raise (Refused "a start out of range")

        int moved)
    |> Array.ofList

let private dynamicSlice isChecked (sizes: int[]) (x: Grid) given =
    let first = starts isChecked x.Shape sizes given
    Grid.make x.DType sizes (fun place -> Grid.at x (Array.map2 (+) first place))

let private dynamicWrite isChecked (join: Cell -> Cell -> Cell) (x: Grid) (update: Grid) given =
    let first = starts isChecked x.Shape update.Shape given

    Grid.make x.DType x.Shape (fun place ->
        match Grid.inside update.Shape (Array.map2 (-) place first) with
        | Some inside -> join (Grid.at x place) (Grid.at update inside)
        | None -> Grid.at x place)

let private iota (dtype: DType) (shape: int[]) axis =
    Grid.make dtype shape (fun place -> Cell.ofNumber dtype (float place[axis]))

let private constant (number: Scalar) =
    let cell =
        if number.Type.IsComplex() then
            Pair(HyperDual.complex number.AsComplex)
        elif number.Type.IsFloating() then
            Float(HyperDual.real number.AsDouble)
        else
            Whole(Adjoint.Properties.Laws.Wholes.number number)

    {
        DType = number.Type
        Shape = [||]
        Cells = [| cell |]
    }

let private check (condition: Grid) (x: Grid) =
    if condition.Cells |> Array.exists (fun cell -> Cell.whole cell = 0I) then
        raise (Refused "a check")

    x

/// The result, or None where the primitive is none of these.
let judge (primitive: Primitive) (operands: Grid list) : Grid option =
    match primitive, operands with
    | (:? Broadcast as b), [ x ] -> Some(broadcast (b.Shape.ToArray()) (ints b.Axes) x)
    | (:? Reshape as r), [ x ] -> Some { x with Shape = r.Shape.ToArray() }
    | (:? Permute as p), [ x ] -> Some(permute (ints p.Permutation) x)
    | (:? Reverse as r), [ x ] -> Some(reverse (ints r.Axes) x)
    | (:? Slice as s), [ x ] -> Some(slice (ints s.Start) (ints s.Limit) (ints s.Stride) x)
    | (:? Pad as p), [ x; filling ] -> Some(pad (ints p.Low) (ints p.High) (ints p.Interior) x filling)
    | (:? Concatenate as c), parts -> Some(concatenate c.Axis parts)
    | (:? DynamicSlice as d), x :: given -> Some(dynamicSlice d.Checked (ints d.Sizes) x given)
    | (:? DynamicUpdate as d), x :: update :: given -> Some(dynamicWrite d.Checked (fun _ y -> y) x update given)
    | (:? DynamicAdd as d), x :: update :: given -> Some(dynamicWrite d.Checked Cell.add x update given)
    | (:? Iota as i), [] -> Some(iota i.Type (i.Shape.ToArray()) i.Axis)
    | (:? Constant as c), [] -> Some(constant c.Value)
    | :? Check, [ condition; x ] -> Some(check condition x)
    | _ -> None
