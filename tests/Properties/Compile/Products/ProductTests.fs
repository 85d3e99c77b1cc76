/// Products in the steps of compiled loops, whatever the order of their axes: each element is summed by one fma a term, in one chain from the
/// first term to the last, or in two or four of every second or fourth term, to the bit.
module Adjoint.Properties.Compile.Products.ProductTests

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Compile.Passing

let private steps = 3

/// One factor: its extents in the order of its axes, and which of them are paired, summed over, or its own.
type private Factor =
    {
        Extents: int list
        Batch: int list
        Sum: int
        Free: int list
    }

type private Case =
    {
        Type: DType
        Left: Factor
        Right: Factor
        /// Whether the left factor is the same in each step.
        IsSame: bool
    }

let private draw (random: Random) =
    let pick (from: int list) = from[random.Next from.Length]

    let some most =
        List.init (random.Next(most + 1)) (fun _ -> pick [ 1; 2; 3; 5; 8; 9; 17; 33 ])

    let batch, sum = some 1, pick [ 1; 3; 4; 7; 8; 16; 33 ]

    let factor free =
        let all = batch @ [ sum ] @ free
        let order = List.init all.Length id |> List.sortBy (fun _ -> random.Next())
        let at role = List.findIndex ((=) role) order

        {
            Extents = order |> List.map (fun role -> all[role])
            Batch = List.init batch.Length at
            Sum = at batch.Length
            Free = List.init free.Length (fun i -> at (batch.Length + 1 + i)) |> List.sort
        }

    {
        Type = pick [ 0; 1 ] |> fun i -> [ DType.F32; DType.F64 ][i]
        Left = factor (some 2)
        Right = factor (some 2)
        IsSame = pick [ 0; 1 ] = 0
    }

let private strides (extents: int list) = List.scanBack (*) extents.Tail 1

/// The places of all elements along some axes, the last axis quickest.
let private offsets (factor: Factor) axes =
    let strides = strides factor.Extents

    let along =
        List.fold (fun starts axis ->
            [
                for start in starts do
                    for i in 0 .. factor.Extents[axis] - 1 -> start + i * strides[axis]
            ])

    along [ 0 ] axes

/// The product of one step in so many chains, for an fma of numbers in f64 or f32 that are written as f64.
let private expected case chains (left: float[]) (right: float[]) =
    let fma x y z =
        if case.Type = DType.F64 then
            Math.FusedMultiplyAdd(x, y, z)
        else
            float (MathF.FusedMultiplyAdd(float32 x, float32 y, float32 z))

    let add x y =
        if case.Type = DType.F64 then
            x + y
        else
            float (float32 x + float32 y)

    let rec joined =
        function
        | [ sum ] -> sum
        | sums ->
            let low, high = List.splitAt (sums.Length / 2) sums
            joined (List.map2 add low high)

    let terms = List.zip (offsets case.Left [ case.Left.Sum ]) (offsets case.Right [ case.Right.Sum ])

    [|
        for l, r in List.zip (offsets case.Left case.Left.Batch) (offsets case.Right case.Right.Batch) do
            for i in offsets case.Left case.Left.Free do
                for j in offsets case.Right case.Right.Free ->
                    terms
                    |> List.indexed
                    |> List.fold
                        (fun (sums: float list) (n, (k, k')) ->
                            sums
                            |> List.updateAt (n % chains) (fma left[l + i + k] right[r + j + k'] sums[n % chains]))
                        (List.replicate chains 0.0)
                    |> joined
    |]

/// A loop that gives the product of each step.
let private graph case =
    let tensor extents =
        TensorType(case.Type, Shape.Of(Array.ofList extents))

    let dot =
        DotGeneral(Axes case.Left.Batch, Axes case.Right.Batch, Axes case.Left.Sum, Axes case.Right.Sum)

    let step =
        Graph.Of(
            [ tensor case.Left.Extents :> Adjoint.Ir.ValueType; tensor case.Right.Extents ],
            (fun x -> ImmutableArray.Create<Value>(Ops.Apply(dot, x[0], x[1])))
        )

    let left =
        if case.IsSame then
            case.Left.Extents
        else
            steps :: case.Left.Extents

    Graph.Of(
        [ tensor left :> Adjoint.Ir.ValueType; tensor (steps :: case.Right.Extents) ],
        (fun x ->
            let scan = Scan(Body step, (if case.IsSame then 1 else 0), 0, steps, false)
            Node.Make(scan, ImmutableArray.CreateRange<Value> x).Results)
    )

let private numbers (random: Random) (kind: DType) count =
    Array.init count (fun _ ->
        let x = random.NextDouble() - 0.5
        if kind = DType.F32 then float (float32 x) else x)

let private held kind (extents: int list) (x: float[]) =
    let shape = Shape.Of(Array.ofList extents)

    if kind = DType.F32 then
        NDArray.Own(shape, Array.map float32 x)
    else
        NDArray.Own(shape, x)

let private size extents = List.fold (*) 1 extents

let private agrees seed =
    let random = Random(seed: int)
    let case = draw random
    let leftSize, rightSize = size case.Left.Extents, size case.Right.Extents
    let left = numbers random case.Type (if case.IsSame then leftSize else steps * leftSize)
    let right = numbers random case.Type (steps * rightSize)
    let graph = graph case

    let ofLeft =
        if case.IsSame then
            case.Left.Extents
        else
            steps :: case.Left.Extents

    let arguments =
        [|
            held case.Type ofLeft left
            held case.Type (steps :: case.Right.Extents) right
        |]

    let results = (Executable.Compile graph).Run arguments
    let found = results[0].ToDoubles()

    let wanted chains =
        [|
            for step in 0 .. steps - 1 do
                let l =
                    if case.IsSame then
                        left
                    else
                        Array.sub left (step * leftSize) leftSize

                yield! expected case chains l (Array.sub right (step * rightSize) rightSize)
        |]

    let bits (x: float[]) =
        [ for number in x -> BitConverter.DoubleToInt64Bits number ]

    let orders = [ for chains in [ 1; 2; 4 ] -> bits (wanted chains) ]
    Expect.isTrue (List.contains (bits found) orders) $"seed {seed}: {graph}"

/// The permutations that stay in loops, and those that stand before them.
let private turned case =
    let rec count isInside (graph: Graph) : int * int =
        let found =
            [
                for node in graph.Nodes do
                    if node.Primitive :? Permute then
                        (if isInside then 1, 0 else 0, 1)

                    let inner = ResizeArray()

                    node.Primitive.MapBodies(fun body ->
                        inner.Add(count true body.Graph)
                        body)
                    |> ignore

                    yield! inner
            ]

        List.sumBy fst found, List.sumBy snd found

    count false (Pipeline.Unfused.Run(graph case))

let private matrix extents sum free =
    {
        Extents = extents
        Batch = []
        Sum = sum
        Free = free
    }

let private case left right =
    {
        Type = DType.F64
        Left = left
        Right = right
        IsSame = true
    }

/// Two products of what a loop carries and matrices that stay, on either side of it.
let private gates side =
    let tensor extents =
        TensorType(DType.F64, Shape.Of(Array.ofList extents)) :> Adjoint.Ir.ValueType

    let ofState, ofMatrix = Axes(if side = 1 then 1 else 0), Axes(if side = 1 then 0 else 1)

    let product (state: Value) (matrix: Value) =
        if side = 1 then
            Ops.Dot(state, matrix, Axes.None, Axes.None, ofState, ofMatrix)
        else
            Ops.Dot(matrix, state, Axes.None, Axes.None, ofMatrix, ofState)

    let matrices, state =
        if side = 1 then
            [ [ 3; 5 ]; [ 3; 4 ] ], [ 2; 3 ]
        else
            [ [ 5; 3 ]; [ 4; 3 ] ], [ 3; 2 ]

    let types = List.map tensor (matrices @ [ state ])

    let step =
        Graph.Of(types, (fun x -> ImmutableArray.Create<Value>(Ops.Add(x[2], x[2]), product x[2] x[0], product x[2] x[1])))

    Graph.Of(types, (fun x -> Node.Make(Scan(Body step, 2, 1, steps, false), ImmutableArray.CreateRange<Value> x).Results)),
    matrices @ [ state ]

let private joined side =
    let graph, shapes = gates side
    let random = Random 5

    let arguments: HostValue list =
        [
            for extents in shapes -> held DType.F64 extents (numbers random DType.F64 (size extents))
        ]

    let after = names (passed "join_products" graph arguments)
    Expect.equal (after.Split "dot_general").Length 2 after

/// Many products at once, by a kernel.
let private atOnce (kind, m, n, k) =
    let random = Random(m + n + k)
    let count = 5

    let whole =
        {
            Type = kind
            IsSame = false
            Left =
                {
                    Extents = [ count; m; k ]
                    Batch = [ 0 ]
                    Sum = 2
                    Free = [ 1 ]
                }
            Right =
                {
                    Extents = [ count; k; n ]
                    Batch = [ 0 ]
                    Sum = 1
                    Free = [ 2 ]
                }
        }

    let left, right = numbers random kind (count * m * k), numbers random kind (count * k * n)

    let types =
        [
            for factor in [ whole.Left; whole.Right ] -> TensorType(kind, Shape.Of(Array.ofList factor.Extents)) :> Adjoint.Ir.ValueType
        ]

    let graph = Graph.Of(types, (fun x -> ImmutableArray.Create<Value>(Ops.MatMul(x[0], x[1]))))

    let results =
        (Executable.Compile graph).Run [| held kind whole.Left.Extents left; held kind whole.Right.Extents right |]

    // Each of both sums is off by k roundings of the sum of k products below 1/4 at most (Higham 2002, sec. 3.1).
    let unit = if kind = DType.F64 then 2.0 ** -53.0 else 2.0 ** -24.0
    let most = 2.0 * unit * float (k * k) / 4.0

    for found, wanted in Seq.zip (results[0].ToDoubles()) (expected whole 1 left right) do
        Expect.isTrue (abs (found - wanted) <= most) $"{kind} {m} {n} {k}: {found} for {wanted}"

[<Tests>]
let tests =
    testList
        "products in loops"
        [
            testCase "sums go from term to term, in one chain, two or four" (fun () -> Seq.iter agrees (seq { 1..120 }))
            testCase "matrices right of a state are joined" (fun () -> joined 1)
            testCase "matrices left of a state are joined" (fun () -> joined 0)
            testCase "many small products at once" (fun () ->
                for kind in [ DType.F32; DType.F64 ] do
                    for m in [ 1; 3; 4; 9 ] do
                        for n in [ 1; 2; 3; 4; 7; 8; 16; 17 ] do
                            for k in [ 1; 3; 4; 8; 16; 20 ] do
                                atOnce (kind, m, n, k))
            testCase "the matrix of A v is turned once, before the loop" (fun () ->
                Expect.equal (turned (case (matrix [ 8; 16 ] 1 [ 0 ]) (matrix [ 16 ] 0 []))) (0, 1) "inside, before")
            testCase "the matrix of v A lies right" (fun () ->
                Expect.equal (turned (case (matrix [ 16; 8 ] 0 [ 1 ]) (matrix [ 16 ] 0 []))) (0, 0) "inside, before")
            testCase "a factor that changes is turned where rows share it" (fun () ->
                Expect.equal (turned (case (matrix [ 8; 16 ] 1 [ 0 ]) (matrix [ 12; 16 ] 1 [ 0 ]))) (1, 0) "inside, before")
            testCase "a factor that changes stays where nothing shares it" (fun () ->
                Expect.equal
                    (turned
                        { case (matrix [ 8; 16 ] 1 [ 0 ]) (matrix [ 16 ] 0 []) with
                            IsSame = false
                        })
                    (0, 0)
                    "inside, before")
        ]
