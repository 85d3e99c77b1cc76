/// Searches, counts and sets against plain loops over data that FsCheck draws.
module Adjoint.LibraryTests.Arrays.SearchingTests

open System
open Expecto
open FsCheck
open FsCheck.FSharp
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Arrays.Cases

let private vector (items: float list) : Tensor<float> = Tensor.vector items
let private longs (x: Tensor<int64>) = List.ofArray (Tensor.toArray x)
let private ints (x: Tensor<int>) = List.ofArray (Tensor.toArray x)

/// A list of few different whole numbers.
let private few = Gen.listOf (Gen.choose (-3, 6)) |> Arb.fromGen
let private some = Gen.nonEmptyListOf (Gen.choose (-3, 6)) |> Arb.fromGen

let private searches =
    testList
        "searches"
        [
            testProperty "searchSorted counts what is below, or not above"
            <| Prop.forAll few (fun items ->
                Prop.forAll few (fun wanted ->
                    let sorted = List.sort items

                    let left =
                        [
                            for v in wanted -> sorted |> List.filter (fun s -> s < v) |> List.length |> int64
                        ]

                    let right =
                        [
                            for v in wanted -> sorted |> List.filter (fun s -> s <= v) |> List.length |> int64
                        ]

                    Expect.equal (longs (Tensor.searchSorted (Tensor.vector sorted) (Tensor.vector wanted))) left "left"
                    Expect.equal (longs (Tensor.searchSortedRight (Tensor.vector sorted) (Tensor.vector wanted))) right "right"))

            testCase "NaN is last, and rows search their own" (fun () ->
                Expect.equal (longs (Tensor.searchSorted (vector [ 1.0; nan; nan ]) (vector [ nan; 2.0 ]))) [ 1L; 1L ] "left"
                Expect.equal (longs (Tensor.searchSortedRight (vector [ 1.0; nan; nan ]) (vector [ nan; 2.0 ]))) [ 3L; 1L ] "right"
                let rows = Tensor.matrix [ [ 1; 3; 5 ]; [ 2; 4; 6 ] ]
                let values = Tensor.matrix [ [ 3; 0 ]; [ 3; 9 ] ]
                Expect.equal (longs (Tensor.searchSorted rows values)) [ 1L; 0L; 1L; 3L ] "rows"
                Expect.equal (longs (vmap (fun (s, v) -> Tensor.searchSorted s v) (rows, values))) [ 1L; 0L; 1L; 3L ] "vmap"

                refuses<ShapeException> [ "searchsorted"; "i32[2, 3]"; "i32[2]" ] (fun () ->
                    Tensor.searchSorted rows (Tensor.vector [ 1; 2 ]) |> ignore))

            // https://numpy.org/doc/stable/reference/generated/numpy.digitize.html
            testCase "digitize" (fun () ->
                let x = vector [ 0.2; 6.4; 3.0; 1.6 ]
                let bins = vector [ 0.0; 1.0; 2.5; 4.0; 10.0 ]
                Expect.equal (longs (Tensor.digitize bins x)) [ 1L; 4L; 3L; 2L ] "NumPy's example"
                let x, edges = vector [ 1.2; 10.0; 12.4; 15.5; 20.0 ], vector [ 0.0; 5.0; 10.0; 15.0; 20.0 ]
                Expect.equal (longs (Tensor.digitize edges x)) [ 1L; 3L; 3L; 4L; 5L ] "at edges"
                let right = Adjoint.Front.Tensors.Digitize(x.Expr, edges.Expr, true)
                Expect.equal (longs (Tensor.ofExpr right)) [ 1L; 2L; 3L; 4L; 4L ] "right"
                Expect.equal (longs (Tensor.digitize (Tensor.flip [ 0 ] edges) x)) [ 4L; 2L; 2L; 1L; 0L ] "descending")
        ]

let private counts =
    testList
        "counts"
        [
            testProperty "binCount"
            <| Prop.forAll few (fun items ->
                let expected = [ for k in 0..4 -> items |> List.filter ((=) k) |> List.length |> int64 ]
                Expect.equal (longs (Tensor.binCount 5 (Tensor.vector items))) expected "counts"
                let weights = items |> List.map (fun i -> float i * 0.5)
                let sums = [ for k in 0..4 -> 0.5 * float k * float expected[k] ]
                holds 1e-14 [ 5 ] sums (Tensor.binCountWeighted 5 (vector weights) (Tensor.vector items)) "weights")

            testProperty "a histogram counts between its edges"
            <| Prop.forAll few (fun items ->
                let x = [ for i in items -> float i ]
                let edges = [ -1.0; 0.0; 2.5; 4.0 ]

                let inside k v =
                    v >= edges[k] && (v < edges[k + 1] || (k = 2 && v = 4.0))

                let expected = [ for k in 0..2 -> x |> List.filter (inside k) |> List.length |> int64 ]
                Expect.equal (longs (Tensor.histogramOf (vector edges) (vector (nan :: x)))) expected "counts"

                holds
                    1e-14
                    [ 3 ]
                    [ for c in expected -> 0.5 * float c ]
                    (Tensor.histogramWeighted (vector edges) (vector [ for _ in x -> 0.5 ]) (vector x))
                    "weights"

                if List.sum expected > 0L then
                    let density = Tensor.toArray (Tensor.histogramDensity (vector edges) (vector x))
                    near 1e-14 1.0 (density[0] * 1.0 + density[1] * 2.5 + density[2] * 1.5) "density")

            testCase "bins of one width" (fun () ->
                // https://numpy.org/doc/stable/reference/generated/numpy.histogram.html
                let found, edges = Tensor.histogram 4 (vector [ 0.0; 1.0; 2.0; 3.0; 4.0; 4.0 ])
                Expect.equal (longs found) [ 1L; 1L; 1L; 3L ] "counts"
                holds 0.0 [ 5 ] [ 0.0; 1.0; 2.0; 3.0; 4.0 ] edges "edges"
                let found, edges = Tensor.histogram 2 (vector [ 3.0; 3.0 ])
                Expect.equal (longs found) [ 0L; 2L ] "one number"
                holds 0.0 [ 3 ] [ 2.5; 3.0; 3.5 ] edges "edges around it"
                Expect.equal (longs (fst (Tensor.histogram 3 (vector [])))) [ 0L; 0L; 0L ] "nothing"

                let grid =
                    Tensor.histogram2dOf
                        (vector [ 0.0; 1.0; 2.0 ])
                        (vector [ 0.0; 1.0 ])
                        (vector [ 0.5; 1.5; 1.7; 9.0 ])
                        (vector [ 0.1; 0.2; 1.0; 0.5 ])

                Expect.equal (longs grid) [ 1L; 2L ] "a grid"
                refuses<ShapeException> [ "histogram"; "bins is 0" ] (fun () -> Tensor.histogram 0 (vector [ 1.0 ]) |> ignore))
        ]

let private sets =
    testList
        "sets"
        [
            testProperty "unique"
            <| Prop.forAll some (fun items ->
                Prop.forAll (Gen.choose (0, 12) |> Arb.fromGen) (fun size ->
                    let all = items |> List.distinct |> List.sort
                    let padded = List.truncate size (all @ List.replicate size all.Head)
                    let values, indices, inverse, counts = Tensor.uniqueAll size (Tensor.vector items)
                    Expect.equal (ints values) padded "values"
                    Expect.equal (longs indices) [ for v in padded -> items |> List.findIndex ((=) v) |> int64 ] "indices"
                    Expect.equal (longs inverse) [ for v in items -> all |> List.findIndex ((=) v) |> int64 ] "inverse"

                    let expected =
                        [
                            for k in 0 .. size - 1 ->
                                if k < all.Length then
                                    items |> List.filter ((=) all[k]) |> List.length |> int64
                                else
                                    0L
                        ]

                    Expect.equal (longs counts) expected "counts"
                    Expect.equal (value (Tensor.uniqueCount (Tensor.vector items))) (int64 all.Length) "uniqueCount"))

            testCase "unique: NaN is one, and the first has the derivative" (fun () ->
                holds 0.0 [ 3 ] [ 1.0; 2.0; nan ] (Tensor.unique 3 (vector [ nan; 2.0; 1.0; nan; 2.0 ])) "NaN"
                let weights = vector [ 10.0; 20.0; 0.0 ]

                holds
                    0.0
                    [ 3 ]
                    [ 20.0; 10.0; 0.0 ]
                    (grad (fun x -> Tensor.sum (weights * Tensor.unique 3 x)) (vector [ 2.0; 1.0; 2.0 ]))
                    "derivative"

                let filled = Adjoint.Front.Tensors.Unique((Tensor.vector [ 3; 3; 1 ]).Expr, 4, -1.0)
                let struct (values, _, _, _) = filled
                Expect.equal (ints (Tensor.ofExpr values)) [ 1; 3; -1; -1 ] "fill"
                refuses<ShapeException> [ "unique"; "f64[0]" ] (fun () -> Tensor.unique 2 (vector []) |> ignore))

            testProperty "isIn"
            <| Prop.forAll few (fun items ->
                Prop.forAll few (fun among ->
                    let found = Tensor.toArray (Tensor.isIn (Tensor.vector among) (Tensor.vector items))
                    List.ofArray found = [ for v in items -> List.contains v among ]))

            testProperty "nonzero, argWhere, compress"
            <| Prop.forAll few (fun items ->
                let size = 4

                let places =
                    [
                        for i, v in List.indexed items do
                            if v <> 0 then
                                i
                    ]

                let cut fill (found: 'a list) =
                    List.truncate size (found @ List.replicate size fill)

                let x = Tensor.vector items
                Expect.equal (longs (List.head (Tensor.nonzero size -1L x))) (cut -1L (List.map int64 places)) "nonzero"
                Expect.equal (ints (Tensor.compress size (x .<> 0) x)) (cut 0 [ for i in places -> items[i] ]) "compress")

            testCase "masks of matrices" (fun () ->
                let x = Tensor.matrix [ [ 0.0; 2.0 ]; [ 3.0; 0.0 ] ]
                Expect.equal (Tensor.argWhere 3 -1L x).Shape [ 3; 2 ] "argWhere"
                Expect.equal (longs (Tensor.argWhere 3 -1L x)) [ 0L; 1L; 1L; 0L; -1L; -1L ] "its rows"
                holds 0.0 [ 2; 2 ] [ 3.0; 0.0; 0.0; 0.0 ] (Tensor.compress 2 (Tensor.vector [ false; true ]) x) "rows"

                holds
                    0.0
                    [ 2; 2 ]
                    [ 0.0; 0.0; 1.0; 1.0 ]
                    (grad (fun x -> Tensor.sum (Tensor.compress 2 (Tensor.vector [ false; true ]) x)) x)
                    "derivative"

                refuses<ShapeException> [ "compress"; "bool[2, 2]"; "f64[2, 2]"; "Flatten" ] (fun () ->
                    Tensor.compress 2 (x .> 0.0) x |> ignore))

            testCase "put" (fun () ->
                // https://numpy.org/doc/stable/reference/generated/numpy.put_along_axis.html
                let a = Tensor.matrix [ [ 10; 30; 20 ]; [ 60; 40; 50 ] ]
                let found = Tensor.putAlong 1 (Tensor.matrix [ [ 1 ]; [ 0 ] ]) (Tensor.scalar 99) a
                Expect.equal (ints found) [ 10; 99; 20; 99; 40; 50 ] "NumPy's example"

                refuses<ShapeException> [ "put_along_axis"; "rank" ] (fun () ->
                    Tensor.putAlong 1 (Tensor.vector [ 1 ]) (Tensor.scalar 9) a |> ignore))

            testProperty "orders"
            <| Prop.forAll few (fun items ->
                let second = items |> List.mapi (fun i v -> (v * v + i) % 3)

                let expected =
                    List.indexed (List.zip items second)
                    |> List.sortBy (fun (_, (a, b)) -> b, a)
                    |> List.map (fst >> int64)

                Expect.equal (longs (Tensor.lexSort [ Tensor.vector items; Tensor.vector second ])) expected "lexSort"
                let k = min 2 items.Length
                let values, indices = Tensor.bottomKAlong 0 k (Tensor.vector items)
                Expect.equal (ints values) (List.truncate k (List.sort items)) "bottomK"
                Expect.equal [ for i in longs indices -> items[int i] ] (ints values) "its indices"
                Expect.equal (ints (fst (Tensor.topKAlong 0 k (Tensor.vector items)))) (List.truncate k (List.sortDescending items)) "topK"

                if k > 1 then
                    Expect.equal
                        (List.item 1 (ints (Tensor.partition 0 1 (Tensor.vector items))))
                        (List.item 1 (List.sort items))
                        "partition")
        ]

let cases =
    let smooth name shape f = case name -1.0 1.0 shape f
    let ids = Tensor.vector [ 1; 0; 1; 2; 0 ]

    [
        smooth "binCountWeighted" [ 5 ] (fun x -> Tensor.binCountWeighted 3 (x * x) ids)
        smooth "histogramWeighted" [ 3 ] (fun x -> Tensor.histogramWeighted (vector [ 0.0; 1.0; 2.0 ]) (x * x) (vector [ 0.5; 1.5; 0.7 ]))
        smooth "unique" [ 4 ] (fun x -> Tensor.unique 4 (x * x))
        smooth "compress" [ 4 ] (fun x -> Tensor.compress 3 (x .> 0.0) (x * x))
        smooth "putAlong" [ 2; 3 ] (fun x -> Tensor.putAlong 1 (Tensor.matrix [ [ 1 ]; [ 0 ] ]) (x[0..1, 0..0] * x[0..1, 1..1]) x)
        smooth "partition" [ 5 ] (fun x -> Tensor.partition 0 2 (x * x))
        smooth "topKAlong" [ 4; 2 ] (fun x -> fst (Tensor.topKAlong 0 2 (x * x)))
        smooth "bottomKAlong" [ 4; 2 ] (fun x -> fst (Tensor.bottomKAlong 0 2 (x * x)))
    ]

[<Tests>]
let tests =
    testList "arrays: searching" [ searches; counts; sets; testList "laws" (List.map laws cases) ]
