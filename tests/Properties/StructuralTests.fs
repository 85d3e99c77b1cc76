/// Reading, updating and moving parts of tensors, at the edges that docs/semantics.md states.
module Adjoint.Properties.StructuralTests

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.ElementwiseRuns

let private integers (x: int64 list) = NDArray.Vector(Array.ofList x)

let private matrix (rows: float list list) = NDArray.Matrix(array2D rows)

let private scatter update (x: Value list) =
    Ops.ScatterAlong(x[0], x[1], x[2], 0, update)

let private gathering =
    testList
        "gather"
        [
            testCase "an index out of range is clamped" (fun () ->
                two (fun (x, i) -> Ops.Take(x, i, 0))
                |> gives (numbers [ 1.0; 3.0; 2.0 ]) [ numbers [ 1.0; 2.0; 3.0 ]; integers [ -5L; 9L; 1L ] ])

            testCase "or reads zero, or is an error that names index, axis and operand, as the mode says" (fun () ->
                let take mode =
                    two (fun (x, i) -> Ops.Take(x, i, 0, mode))

                let operands = [ numbers [ 1.0; 2.0 ]; integers [ 2L; 0L ] ]
                take OutOfRange.Drop |> gives (numbers [ 0.0; 1.0 ]) operands

                throwsNaming<DomainException, _> "index 2 is outside 0 to 1 along axis 0 of f64[2]" (fun () ->
                    run (graphOf operands (take OutOfRange.Check)) operands))

            testCase "large unsigned indices do not wrap" (fun () ->
                two (fun (x, i) -> Ops.Take(x, i, 0))
                |> gives (numbers [ 3.0; 3.0 ]) [ numbers [ 1.0; 2.0; 3.0 ]; NDArray.Vector(UInt64.MaxValue, 1UL <<< 63) ])

            testCase "rows of a table, and one element of each row" (fun () ->
                let table = matrix [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ] ]

                two (fun (x, i) -> Ops.Take(x, i, 0))
                |> gives (matrix [ [ 3.0; 4.0 ]; [ 1.0; 2.0 ]; [ 3.0; 4.0 ] ]) [ table; integers [ 1L; 0L; 1L ] ]

                two (fun (x, i) -> Ops.TakeAlong(x, i, 1))
                |> gives (matrix [ [ 2.0 ]; [ 3.0 ] ]) [ table; NDArray.Matrix(array2D [ [ 1L ]; [ 0L ] ]) ])

            testCase "the gradient counts how often an element is read" (fun () ->
                two (fun (x, i) -> Ops.Take(x, i, 0))
                |> hasSlope [ 1.0; 3.0; 0.0 ] [ numbers [ 1.0; 2.0; 3.0 ]; integers [ 1L; 1L; 0L; 1L ] ])
        ]

let private scattering =
    testList
        "scatter"
        [
            testCase "of several updates of one element the last stays, and alone has a gradient" (fun () ->
                let operands = [ numbers [ 1.0; 2.0 ]; integers [ 1L; 0L; 1L ]; numbers [ 5.0; 6.0; 7.0 ] ]

                scatter ScatterUpdate.Set |> gives (numbers [ 6.0; 7.0 ]) operands
                let gradients = slopes operands (scatter ScatterUpdate.Set) |> List.map elements
                Expect.equal gradients [ elements (numbers [ 0.0; 0.0 ]); elements (numbers [ 0.0; 1.0; 1.0 ]) ] "gradients")

            testCase "a window out of range is left out, with its gradient" (fun () ->
                let operands = [ numbers [ 1.0; 2.0 ]; integers [ -1L; 2L ]; numbers [ 5.0; 6.0 ] ]
                scatter ScatterUpdate.Add |> gives (numbers [ 1.0; 2.0 ]) operands
                let gradients = slopes operands (scatter ScatterUpdate.Add) |> List.map elements
                Expect.equal gradients [ elements (numbers [ 1.0; 1.0 ]); elements (numbers [ 0.0; 0.0 ]) ] "gradients")

            testCase "products have gradients at zeros and with several updates" (fun () ->
                let operands = [ numbers [ 2.0; 3.0 ]; integers [ 0L; 0L; 1L ]; numbers [ 0.0; 5.0; 7.0 ] ]

                scatter ScatterUpdate.Mul |> gives (numbers [ 0.0; 21.0 ]) operands
                let gradients = slopes operands (scatter ScatterUpdate.Mul) |> List.map elements
                Expect.equal gradients [ elements (numbers [ 0.0; 7.0 ]); elements (numbers [ 10.0; 0.0; 3.0 ]) ] "gradients")

            testCase "the gradient of min and max splits evenly among operand and updates" (fun () ->
                let operands = [ numbers [ 4.0 ]; integers [ 0L; 0L; 0L ]; numbers [ 4.0; 1.0; 4.0 ] ]
                let third = 1.0 / 3.0
                let gradients = slopes operands (scatter ScatterUpdate.Max) |> List.map elements
                Expect.equal gradients [ elements (numbers [ third ]); elements (numbers [ third; 0.0; third ]) ] "gradients")

            testCase "NaN propagates through min and max" (fun () ->
                for update in [ ScatterUpdate.Min; ScatterUpdate.Max ] do
                    scatter update
                    |> gives (numbers [ nan; nan ]) [ numbers [ nan; 1.0 ]; integers [ 0L; 1L ]; numbers [ 1.0; nan ] ])
        ]

let private start (i: int64) = Ops.Constant(Scalar.Of(DType.I64, i))

let private slicing =
    testList
        "dynamic slices"
        [
            testCase "an unchecked start moves into range, for reads and for writes" (fun () ->
                let x = numbers [ 1.0; 2.0; 3.0 ]

                let slice (x: Value) =
                    Ops.DynamicSlice(x, [ start 2L ], Ints 2)

                one slice |> gives (numbers [ 2.0; 3.0 ]) [ x ]

                two (fun (x, u) -> Ops.DynamicUpdate(x, u, [ start 9L ]))
                |> gives (numbers [ 1.0; 8.0; 9.0 ]) [ x; numbers [ 8.0; 9.0 ] ]

                two (fun (x, u) -> Ops.DynamicAdd(x, u, [ start -1L ]))
                |> gives (numbers [ 9.0; 11.0; 3.0 ]) [ x; numbers [ 8.0; 9.0 ] ])

            testCase "a checked index out of range is an error, for all lanes of a batch too" (fun () ->
                let x = numbers [ 1.0; 2.0; 3.0 ]
                let read = two (fun (x, i) -> Ops.Index(x, i))
                let operands = [ x; NDArray.Scalar 3L ]
                let graph = graphOf operands read
                throwsNaming<DomainException, _> "index 3 is outside 0 to 2 along axis 0 of f64[3]" (fun () -> run graph operands)

                let lanes =
                    Adjoint.Transforms.Batching.Apply(graph, ParameterMask [ false; true ], null, Extent 2).Graph

                throwsNaming<DomainException, _> "index -1" (fun () -> run lanes [ x; integers [ 0L; -1L ] ]))

            testCase "an update of what nobody else holds touches its own elements alone" (fun () ->
                let graph =
                    graphOf [ numbers [ 1.0; 2.0 ] ] (fun u ->
                        let zeros = Ops.Zeros(TensorType.Of(DType.F64, 1000))
                        let update (x: Value) i = Ops.DynamicUpdate(x, u[0], [ start i ])
                        Seq.fold update zeros [ 0L .. 99L ])

                let count = ElementCounter()

                Interpreter.Run(graph, [| numbers [ 1.0; 2.0 ] |], RunOptions(CountElements = count))
                |> ignore

                Expect.isLessThan count.Total 3000L "a thousand zeros, and two elements for each update")

            testCase "the gradient of reads adds up in place" (fun () ->
                let graph =
                    graphOf [ NDArray.New(DType.F64, Shape.Of 1000) ] (fun x ->
                        [ 0L .. 99L ]
                        |> Seq.map (fun i -> Ops.Index(x[0], start i))
                        |> Seq.reduce (fun a b -> Ops.Add(a, b)))

                let reverse = Adjoint.Transforms.Backward.Apply(graph, ParameterMask [ true ]).Graph
                let count = ElementCounter()
                let arguments: HostValue[] = [| NDArray.New(DType.F64, Shape.Of 1000); NDArray.Scalar 1.0 |]
                let results = Interpreter.Run(reverse, arguments, RunOptions(CountElements = count))
                let gradient = (results[1] :?> NDArray).ToDoubles()
                Expect.equal (Array.sum gradient) 100.0 "gradient"
                Expect.isLessThan count.Total 5000L "not a thousand elements for each of a hundred reads")
        ]

let private moving =
    testList
        "moves"
        [
            testCase "negative padding crops after the interior has come between" (fun () ->
                let pad (x: Value list) =
                    Ops.Pad(x[0], x[1], Ints -1, Ints 2, Ints 1)

                pad
                |> gives (numbers [ 0.0; 2.0; 0.0; 3.0; 0.0; 0.0 ]) [ numbers [ 1.0; 2.0; 3.0 ]; NDArray.Scalar 0.0 ]

                let gradients = slopes [ numbers [ 1.0; 2.0; 3.0 ]; NDArray.Scalar infinity ] pad

                Expect.equal
                    (gradients |> List.map elements)
                    [ elements (numbers [ 0.0; 1.0; 1.0 ]); elements (numbers [ 4.0 ]) ]
                    "gradients")

            testCase "padding of nothing has no interior" (fun () ->
                two (fun (x, v) -> Ops.Pad(x, v, Ints 1, Ints 1, Ints 3))
                |> gives (numbers [ 7.0; 7.0 ]) [ NDArray.New(DType.F64, Shape.Of 0); NDArray.Scalar 7.0 ])

            testCase "slices by strides, and their gradient" (fun () ->
                let x = numbers [ 0.0; 1.0; 2.0; 3.0; 4.0; 5.0 ]
                let slice = one (fun x -> Ops.Slice(x, Ints 1, Ints 6, Ints 2))
                slice |> gives (numbers [ 1.0; 3.0; 5.0 ]) [ x ]
                slice |> hasSlope [ 0.0; 1.0; 0.0; 1.0; 0.0; 1.0 ] [ x ])

            testCase "parts of every dtype are moved as they are" (fun () ->
                for dtype in DTypes.All do
                    let x = NDArray.New(dtype, Shape.Of 3)
                    x.Set(2, Scalar.One dtype)
                    let moved = NDArray.New(dtype, Shape.Of 4)
                    moved.Set(0, Scalar.One dtype)

                    one (fun x -> Ops.Reverse(Ops.Concatenate(0, Ops.SliceAxis(x, 0, 0, 1), x), Axes 0))
                    |> gives moved [ x ])

            testCase "errors name the operation, the types and what is wrong" (fun () ->
                let x = numbers [ 1.0 ]
                let make f () = graphOf [ x; x ] f |> ignore
                throwsNaming<TypeRuleException, _> "slice: the range 0 to 2 by 1" (make (one (fun x -> Ops.SliceAxis(x, 0, 0, 2))))
                throwsNaming<TypeRuleException, _> "concatenate: " (make (two (fun (x, y) -> Ops.Concatenate(1, x, y))))
                throwsNaming<TypeRuleException, _> "gather: indices are integers" (make (two (fun (x, y) -> Ops.Take(x, y, 0))))

                throwsNaming<TypeRuleException, _>
                    "dynamic_slice: a slice of extents [2] does not fit into f64[1]"
                    (make (one (fun x -> Ops.DynamicSlice(x, [ start 0L ], Ints 2)))))
        ]

let private products =
    testList
        "products"
        [
            testCase "the axes of a product: batch, then left, then right" (fun () ->
                let left = NDArray.New(DType.F32, Shape.Of(2, 5, 3))
                let right = NDArray.New(DType.F32, Shape.Of(4, 3, 5))

                two (fun (x, y) -> Ops.Dot(x, y, Axes 2, Axes 1, Axes 1, Axes 2))
                |> gives (NDArray.New(DType.F32, Shape.Of(3, 2, 4))) [ left; right ])

            testCase "a product over nothing is zero" (fun () ->
                two Ops.MatMul
                |> gives
                    (matrix [ [ 0.0; 0.0 ] ])
                    [
                        NDArray.New(DType.F64, Shape.Of(1, 0))
                        NDArray.New(DType.F64, Shape.Of(0, 2))
                    ])

            testCase "half precision is summed in single" (fun () ->
                let x = NDArray.Matrix(array2D [ [ Half.op_Explicit 2048.0f; Half.One; Half.One ] ])
                let y = NDArray.Matrix(array2D [ [ Half.One ]; [ Half.One ]; [ Half.One ] ])

                two Ops.MatMul
                |> gives (NDArray.Matrix(array2D [ [ Half.op_Explicit 2050.0f ] ])) [ x; y ])

            testCase "extents that differ are an error that names both" (fun () ->
                let operands = [ matrix [ [ 1.0; 2.0 ] ]; matrix [ [ 1.0; 2.0 ] ] ]
                throwsNaming<TypeRuleException, _> "f64[1, 2] (2 against 1)" (fun () -> graphOf operands (two Ops.MatMul)))
        ]

[<Tests>]
let tests = testList "structural" [ gathering; scattering; slicing; moving; products ]
