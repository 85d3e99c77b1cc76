/// What primitives of windows mean: convolution, pooling, gather and scatter, from their definitions.
[<RequireQualifiedAccess>]
module Adjoint.Properties.Judge.Windows

open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives

let private swapped flag (x: Grid) =
    if not flag then
        x
    else
        let turn (place: int[]) =
            Array.append [| place[1]; place[0] |] place[2..]

        Grid.make x.DType (turn x.Shape) (fun place -> Grid.at x (turn place))

/// The second axis in its place, where it stands last.
let private fromLast flag (x: Grid) =
    if not flag then
        x
    else
        let rank = x.Shape.Length

        Grid.make x.DType (Array.concat [ [| x.Shape[0]; x.Shape[rank - 1] |]; x.Shape[1 .. rank - 2] ]) (fun place ->
            Grid.at x (Array.concat [ [| place[0] |]; place[2..]; [| place[1] |] ]))

let private toLast flag (x: Grid) =
    if not flag then
        x
    else
        let turn (all: int[]) =
            Array.concat [ [| all[0] |]; all[2..]; [| all[1] |] ]

        Grid.make x.DType (turn x.Shape) (fun place ->
            let rank = place.Length
            Grid.at x (Array.concat [ [| place[0]; place[rank - 1] |]; place[1 .. rank - 2] ]))

/// How many windows there are along an axis.
let private positions extent low high window dilation stride =
    let room = extent + low + high - (window - 1) * dilation - 1
    if room < 0 then 0 else room / stride + 1

/// A filter that lies by input channels, in groups, as one that lies by output channels.
let private byOutputs (p: ConvGeneral) (f: Grid) =
    if not p.FilterSwapped then
        f
    else
        let outputs, inputs = f.Shape[1], f.Shape[0] / p.FeatureGroups
        let shape = Array.append [| outputs * p.FeatureGroups; inputs |] f.Shape[2..]

        Grid.make f.DType shape (fun place ->
            let group = place[0] / outputs
            Grid.at f (Array.append [| group * inputs + place[1]; place[0] % outputs |] place[2..]))

let private convolve (p: ConvGeneral) (input: Grid) (filter: Grid) =
    let x = swapped p.InputSwapped (fromLast p.InputLast input)
    let w = byOutputs p (fromLast p.FilterLast filter)
    let rank = x.Shape.Length - 2
    let channels = w.Shape[1]
    let images = x.Shape[0] / p.BatchGroups
    let outputs = w.Shape[0]
    let kernel = w.Shape[2..]

    let spatial =
        Array.init rank (fun s ->
            let n = x.Shape[s + 2]
            let grown = max 0 ((n - 1) * p.InputDilation[s] + 1)
            positions grown p.PadLow[s] p.PadHigh[s] kernel[s] p.WindowDilation[s] p.Strides[s])

    let shape = Array.concat [ [| images; outputs |]; spatial ]

    let element (place: int[]) =
        let image, output = place[0], place[1]
        let group = output * p.FeatureGroups / max 1 outputs
        let batch = output * p.BatchGroups / max 1 outputs

        let term (place': int[]) =
            let channel, window = place'[0], place'[1..]

            let source =
                Array.init rank (fun s ->
                    let t = place[s + 2] * p.Strides[s] + window[s] * p.WindowDilation[s] - p.PadLow[s]

                    if t >= 0 && t % p.InputDilation[s] = 0 then
                        t / p.InputDilation[s]
                    else
                        -1)

            let read =
                if p.ReverseWindow then
                    Array.mapi (fun s i -> kernel[s] - 1 - i) window
                else
                    window

            let from = Array.append [| batch * images + image; group * channels + channel |] source

            Grid.inside x.Shape from
            |> Option.map (fun from -> Cell.mul (Grid.at x from) (Grid.at w (Array.append [| output; channel |] read)))

        Grid.places (Array.append [| channels |] kernel)
        |> Seq.choose term
        |> Seq.fold Cell.add (Cell.zero x.DType)

    Grid.make x.DType shape element
    |> swapped p.OutputSwapped
    |> toLast p.OutputLast

/// A window's attributes.
type private Frame =
    {
        Window: int[]
        Strides: int[]
        Low: int[]
        High: int[]
        Dilation: int[]
    }

let private frame (window: Ints) (strides: Ints) (low: Ints) (high: Ints) (dilation: Ints) =
    {
        Window = Array.ofSeq window
        Strides = Array.ofSeq strides
        Low = Array.ofSeq low
        High = Array.ofSeq high
        Dilation = Array.ofSeq dilation
    }

let private windowsOf (f: Frame) (x: Grid) =
    Array.init x.Shape.Length (fun a -> positions x.Shape[a] f.Low[a] f.High[a] f.Window[a] f.Dilation[a] f.Strides[a])

/// The places of one window that lie in the tensor.
let private within (f: Frame) (x: Grid) (place: int[]) =
    Grid.places f.Window
    |> Seq.choose (fun inside ->
        Array.init place.Length (fun a -> place[a] * f.Strides[a] - f.Low[a] + inside[a] * f.Dilation[a])
        |> Grid.inside x.Shape)
    |> List.ofSeq

/// The first place of a window with its largest element; NaN counts as largest.
let private firstLargest (f: Frame) (x: Grid) place =
    let better a b =
        let p, q = Grid.at x a, Grid.at x b

        if Cell.isNaN p then a
        elif Cell.isNaN q then b
        elif Cell.compareSigned q p > 0 then b
        else a

    match within f x place with
    | [] -> None
    | places -> Some(List.reduce better places)

let private least (dtype: DType) =
    if dtype.IsFloating() then
        Cell.ofNumber dtype -infinity
    else
        Whole(fst (Adjoint.Properties.Laws.Wholes.range dtype))

let private windowSum f (x: Grid) =
    Grid.make x.DType (windowsOf f x) (fun place ->
        within f x place
        |> List.fold (fun sum p -> Cell.add sum (Grid.at x p)) (Cell.zero x.DType))

let private windowMax f (x: Grid) =
    Grid.make x.DType (windowsOf f x) (fun place ->
        match firstLargest f x place with
        | Some p -> Grid.at x p
        | None -> least x.DType)

let private windowSelect f (x: Grid) (y: Grid) =
    Grid.make y.DType (windowsOf f x) (fun place ->
        match firstLargest f x place with
        | Some p -> Grid.at y p
        | None -> Cell.zero y.DType)

let private windowScatter f (x: Grid) (y: Grid) =
    let cells = x.Cells |> Array.map (fun _ -> Cell.zero y.DType)

    for place in Grid.places y.Shape do
        firstLargest f x place
        |> Option.iter (fun p ->
            let at = Grid.flat x.Shape p
            cells[at] <- Cell.add cells[at] (Grid.at y place))

    {
        DType = y.DType
        Shape = x.Shape
        Cells = cells |> Array.map (Cell.settle y.DType)
    }

/// How gather and scatter read their indices.
type private Windowing =
    {
        Offset: int[]
        Collapsed: int[]
        Start: int[]
        OperandBatch: int[]
        IndexBatch: int[]
        Mode: OutOfRange
    }

/// Where in the operand the place of a window's element lies: None where the window is left out.
let private target (w: Windowing) (operand: int[]) (sizes: int[]) (indices: Grid) (place: int[]) =
    let outer =
        [|
            for axis in 0 .. place.Length - 1 do
                if not (Array.contains axis w.Offset) then
                    place[axis]
        |]

    let wanted = Array.create operand.Length 0I

    w.Start
    |> Array.iteri (fun k axis -> wanted[axis] <- Cell.whole (Grid.at indices (Array.append outer [| k |])))

    Array.iter2 (fun axis from -> wanted[axis] <- bigint outer[from]) w.OperandBatch w.IndexBatch

    let first =
        Array.init operand.Length (fun a -> int (max 0I (min (bigint (operand[a] - sizes[a])) wanted[a])))

    let moved = Array.exists2 (fun (a: bigint) (b: int) -> a <> bigint b) wanted first

    let along =
        [|
            for axis in 0 .. operand.Length - 1 do
                if not (Array.contains axis w.Collapsed || Array.contains axis w.OperandBatch) then
                    axis
        |]

    let at = Array.copy first
    along |> Array.iteri (fun i axis -> at[axis] <- at[axis] + place[w.Offset[i]])

    match w.Mode with
    | OutOfRange.Check when moved -> raise (Refused "an index out of range")
    | OutOfRange.Drop when moved -> None
    | _ -> Some at

let private gather (p: Gather) (x: Grid) (indices: Grid) (shape: int[]) =
    let w =
        {
            Offset = Array.ofSeq p.Offset
            Collapsed = Array.ofSeq p.Collapsed
            Start = Array.ofSeq p.Start
            OperandBatch = Array.ofSeq p.OperandBatch
            IndexBatch = Array.ofSeq p.IndexBatch
            Mode = p.Mode
        }

    Grid.make x.DType shape (fun place ->
        match target w x.Shape (Array.ofSeq p.Sizes) indices place with
        | Some at -> Grid.at x at
        | None -> Cell.zero x.DType)

let private joined (update: ScatterUpdate) x y =
    match update with
    | ScatterUpdate.Set -> y
    | ScatterUpdate.Add -> Cell.add x y
    | ScatterUpdate.Mul -> Cell.mul x y
    | ScatterUpdate.Min -> Cell.extreme -1 x y
    | _ -> Cell.extreme 1 x y

let private scatter (p: Scatter) (x: Grid) (indices: Grid) (updates: Grid) =
    let w =
        {
            Offset = Array.ofSeq p.Offset
            Collapsed = Array.ofSeq p.Collapsed
            Start = Array.ofSeq p.Start
            OperandBatch = Array.ofSeq p.OperandBatch
            IndexBatch = Array.ofSeq p.IndexBatch
            Mode = p.Mode
        }

    let sizes = Array.create x.Shape.Length 1
    let free = Array.append w.Collapsed w.OperandBatch

    [|
        for axis in 0 .. x.Shape.Length - 1 do
            if not (Array.contains axis free) then
                axis
    |]
    |> Array.iteri (fun i axis -> sizes[axis] <- updates.Shape[w.Offset[i]])

    let cells = Array.copy x.Cells

    for place in Grid.places updates.Shape do
        target w x.Shape sizes indices place
        |> Option.iter (fun at ->
            let at = Grid.flat x.Shape at
            cells[at] <- joined p.Update cells[at] (Grid.at updates place) |> Cell.settle x.DType)

    { x with Cells = cells }

/// The result, or None where the primitive is none of these.
let judge (primitive: Primitive) (shape: int[]) (operands: Grid list) : Grid option =
    match primitive, operands with
    | (:? ConvGeneral as c), [ x; w ] -> Some(convolve c x w)
    | (:? WindowSum as p), [ x ] -> Some(windowSum (frame p.Window p.Strides p.PadLow p.PadHigh p.Dilation) x)
    | (:? WindowMax as p), [ x ] -> Some(windowMax (frame p.Window p.Strides p.PadLow p.PadHigh p.Dilation) x)
    | (:? WindowSelect as p), [ x; y ] -> Some(windowSelect (frame p.Window p.Strides p.PadLow p.PadHigh p.Dilation) x y)
    | (:? WindowScatter as p), [ x; y ] -> Some(windowScatter (frame p.Window p.Strides p.PadLow p.PadHigh p.Dilation) x y)
    | (:? Gather as g), [ x; indices ] -> Some(gather g x indices shape)
    | (:? Scatter as s), [ x; indices; updates ] -> Some(scatter s x indices updates)
    | _ -> None
