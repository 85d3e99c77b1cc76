/// What reductions, cumulative forms, orders and products mean, one element after the other.
[<RequireQualifiedAccess>]
module Adjoint.Properties.Judge.Sums

open System
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives

let private without (axes: int[]) (items: 'T[]) =
    items
    |> Array.indexed
    |> Array.filter (fun (i, _) -> not (Array.contains i axes))
    |> Array.map snd

/// For each place of the result, the elements along some axes in row-major order.
let private reduce (axes: int[]) (dtype: DType) (x: Grid) (f: Cell[] -> Cell) =
    let shape = without axes x.Shape
    let size = Array.fold (*) 1 shape
    let groups = Array.init size (fun _ -> ResizeArray())

    Seq.iteri (fun i place -> groups[Grid.flat shape (without axes place)].Add(x.Cells[i])) (Grid.places x.Shape)

    {
        DType = dtype
        Shape = shape
        Cells = groups |> Array.map (fun group -> f (group.ToArray()) |> Cell.settle dtype)
    }

let private one dtype = Cell.ofNumber dtype 1.0

/// The largest by a sign of 1; derivatives are the mean of those that attain it.
let private extreme sign (cells: Cell[]) =
    match cells |> Array.tryFind Cell.isNaN with
    | Some nan -> nan
    | None ->
        let best =
            cells
            |> Array.reduce (fun x y -> if sign * Cell.compareSigned x y >= 0 then x else y)

        match best with
        | Float y ->
            let ties = cells |> Array.filter (fun x -> Cell.compare x best = 0)
            let share = 1.0 / float ties.Length

            let sum =
                ties
                |> Array.fold
                    (fun sum cell ->
                        match cell with
                        | Float x -> HyperDual.add sum x
                        | _ -> sum)
                    (HyperDual.real 0.0)

            Float
                { HyperDual.map (fun v -> v * share) sum with
                    V = y.V
                }
        | whole -> whole

/// The index of the first largest, or of the first NaN.
let private argument sign (cells: Cell[]) =
    match cells |> Array.tryFindIndex Cell.isNaN with
    | Some i -> i
    | None ->
        let mutable best = 0

        for i in 1 .. cells.Length - 1 do
            if sign * Cell.compare cells[i] cells[best] > 0 then
                best <- i

        best

/// A running form along an axis: each line to a line.
let private lines axis (f: Cell[] -> Cell[]) (x: Grid) =
    let extent = x.Shape[axis]

    let line (place: int[]) =
        [| for i in 0 .. extent - 1 -> Grid.at x (Array.updateAt axis i place) |]

    let cache = Collections.Generic.Dictionary<string, Cell[]>()

    Grid.make x.DType x.Shape (fun place ->
        let key = String.Join(",", Array.updateAt axis 0 place)

        match cache.TryGetValue key with
        | true, known -> known[place[axis]]
        | _ ->
            let made = f (line place)
            cache[key] <- made
            made[place[axis]])

let private running isReversed (step: Cell -> Cell -> Cell) (cells: Cell[]) =
    let turn = if isReversed then Array.rev else id

    match List.ofArray (turn cells) with
    | [] -> [||]
    | first :: others -> List.scan step first others |> Array.ofList |> turn

/// The earlier one at ties.
let private so sign x y =
    if Cell.isNaN x then x
    elif Cell.isNaN y then y
    elif sign * Cell.compare y x > 0 then y
    else x

/// log(eˣ + eʸ), shifted by the larger.
let private logAddExp x y =
    match x, y with
    | Float x, Float y ->
        let shift = max x.V y.V

        if Double.IsNaN x.V || Double.IsNaN y.V then
            Float(HyperDual.real nan)
        elif Double.IsInfinity shift then
            Float(if x.V = shift then x else y)
        else
            let exponential z =
                let v = exp (z.V - shift)
                HyperDual.apply v v v z

            let sum = HyperDual.add (exponential x) (exponential y)
            Float(HyperDual.apply (log sum.V + shift) (1.0 / sum.V) (-1.0 / (sum.V * sum.V)) sum)
    | x, _ -> x

/// The places of a line in the order of its elements: stable, NaN last in both directions.
let private order isDescending (cells: Cell[]) =
    let compare i j =
        match Cell.isNaN cells[i], Cell.isNaN cells[j] with
        | true, true -> 0
        | true, false -> 1
        | false, true -> -1
        | _ ->
            let c = Cell.compare cells[i] cells[j]
            if isDescending then -c else c

    [ 0 .. cells.Length - 1 ] |> List.sortWith compare |> Array.ofList

let private sort axis isDescending (operands: Grid list) =
    let keys = operands.Head

    operands
    |> List.map (fun payload ->
        Grid.make payload.DType payload.Shape (fun place ->
            let line =
                [|
                    for i in 0 .. keys.Shape[axis] - 1 -> Grid.at keys (Array.updateAt axis i place)
                |]

            let chosen = order isDescending line
            Grid.at payload (Array.updateAt axis chosen[place[axis]] place)))

let private topK count (x: Grid) =
    let axis = x.Shape.Length - 1
    let shape = Array.updateAt axis count x.Shape

    let chosen (place: int[]) =
        let line = [| for i in 0 .. x.Shape[axis] - 1 -> Grid.at x (Array.updateAt axis i place) |]
        let chosen = order true line
        chosen[place[axis]]

    [
        Grid.make x.DType shape (fun place -> Grid.at x (Array.updateAt axis (chosen place) place))
        Grid.make DType.I32 shape (fun place -> Whole(bigint (chosen place)))
    ]

let private dot (p: DotGeneral) (x: Grid) (y: Grid) =
    let axes (items: Axes) = Array.ofSeq items
    let xb, yb, xc, yc = axes p.LeftBatch, axes p.RightBatch, axes p.LeftContract, axes p.RightContract

    let rest (grid: Grid) used =
        without used [| 0 .. grid.Shape.Length - 1 |]

    let xf, yf = rest x (Array.append xb xc), rest y (Array.append yb yc)

    let extents (grid: Grid) chosen =
        [| for axis in chosen -> grid.Shape[axis] |]

    let shape = Array.concat [ extents x xb; extents x xf; extents y yf ]

    Grid.make x.DType shape (fun place ->
        let left, right = Array.zeroCreate x.Shape.Length, Array.zeroCreate y.Shape.Length
        xb |> Array.iteri (fun i axis -> left[axis] <- place[i])
        yb |> Array.iteri (fun i axis -> right[axis] <- place[i])
        xf |> Array.iteri (fun i axis -> left[axis] <- place[xb.Length + i])

        yf
        |> Array.iteri (fun i axis -> right[axis] <- place[xb.Length + xf.Length + i])

        Grid.places (extents x xc)
        |> Seq.map (fun summed ->
            xc |> Array.iteri (fun i axis -> left[axis] <- summed[i])
            yc |> Array.iteri (fun i axis -> right[axis] <- summed[i])
            Cell.mul (Grid.at x left) (Grid.at y right))
        |> Seq.fold Cell.add (Cell.zero x.DType))

/// The results, or None where the primitive is none of these.
let judge (primitive: Primitive) (operands: Grid list) : Grid list option =
    let axes (items: Axes) = Array.ofSeq items

    match primitive, operands with
    | (:? ReduceSum as r), [ x ] -> Some [ reduce (axes r.Axes) x.DType x (Array.fold Cell.add (Cell.zero x.DType)) ]
    | (:? ReduceProd as r), [ x ] -> Some [ reduce (axes r.Axes) x.DType x (Array.fold Cell.mul (one x.DType)) ]
    | (:? ReduceMax as r), [ x ] -> Some [ reduce (axes r.Axes) x.DType x (extreme 1) ]
    | (:? ReduceMin as r), [ x ] -> Some [ reduce (axes r.Axes) x.DType x (extreme -1) ]
    | (:? ReduceAnd as r), [ x ] ->
        Some
            [
                reduce (axes r.Axes) x.DType x (Array.forall (fun c -> Cell.whole c = 1I) >> Cell.truth)
            ]
    | (:? ReduceOr as r), [ x ] ->
        Some
            [
                reduce (axes r.Axes) x.DType x (Array.exists (fun c -> Cell.whole c = 1I) >> Cell.truth)
            ]
    | (:? ArgMax as r), [ x ] -> Some [ reduce [| r.Axis |] r.Type x (argument 1 >> bigint >> Whole) ]
    | (:? ArgMin as r), [ x ] -> Some [ reduce [| r.Axis |] r.Type x (argument -1 >> bigint >> Whole) ]
    | (:? CumSum as c), [ x ] -> Some [ lines c.Axis (running c.Reverse Cell.add) x ]
    | (:? CumProd as c), [ x ] -> Some [ lines c.Axis (running c.Reverse Cell.mul) x ]
    | (:? CumMax as c), [ x ] -> Some [ lines c.Axis (running c.Reverse (so 1)) x ]
    | (:? CumMin as c), [ x ] -> Some [ lines c.Axis (running c.Reverse (so -1)) x ]
    | (:? CumLogSumExp as c), [ x ] -> Some [ lines c.Axis (running c.Reverse logAddExp) x ]
    | (:? Sort as s), operands -> Some(sort s.Axis s.Descending operands)
    | (:? TopK as t), [ x ] -> Some(topK t.K x)
    | (:? DotGeneral as d), [ x; y ] -> Some [ dot d x y ]
    | _ -> None
