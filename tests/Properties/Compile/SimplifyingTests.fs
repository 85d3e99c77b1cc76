/// What is simplified and what must not be, at numbers where a wrong rule shows: signs of zero, NaN, infinities, subnormals.
module Adjoint.Properties.Compile.SimplifyingTests

open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Building
open Adjoint.Properties.Compile.Passing

let private numbers =
    [
        1.5
        -2.0
        0.0
        -0.0
        infinity
        -infinity
        nan
        4.9e-324
        -1e-310
        1.7e308
        3.0
        0.1
        1e-300
    ]

let private t: ValueType = f64 [ 13; 13 ]

/// Every pair of numbers.
let private x: HostValue = matrix [ for a in numbers -> [ for _ in numbers -> a ] ]
let private y: HostValue = matrix [ for _ in numbers -> numbers ]

let private like (v: Value) (number: float) = Ops.Full(v.Tensor, number)

/// A function of two tensors, and the nodes that are left of it.
let private real: (string * (Value -> Value -> Value) * string) list =
    [
        "x + -y", (fun x y -> Ops.Add(x, Ops.Neg y)), "sub"
        "-x + y", (fun x y -> Ops.Add(Ops.Neg x, y)), "sub"
        "x - -y", (fun x y -> Ops.Sub(x, Ops.Neg y)), "add"
        "-x * -y", (fun x y -> Ops.Mul(Ops.Neg x, Ops.Neg y)), "mul"
        "-(x - y)", (fun x y -> Ops.Neg(Ops.Sub(x, y))), "sub neg"
        "x + -y x", (fun x y -> Ops.Add(x, Ops.Mul(Ops.Neg y, x))), "mul sub"
        "x + y -x", (fun x y -> Ops.Add(x, Ops.Mul(y, Ops.Neg x))), "mul sub"
        "-x y + x", (fun x y -> Ops.Add(Ops.Mul(Ops.Neg x, y), x)), "mul sub"
        "x - -y x", (fun x y -> Ops.Sub(x, Ops.Mul(Ops.Neg y, x))), "mul add"
        "-y x - x", (fun x y -> Ops.Sub(Ops.Mul(Ops.Neg y, x), x)), "neg mul sub"
        "-x * 3", (fun x _ -> Ops.Mul(Ops.Neg x, like x 3.0)), "constant broadcast mul"
        "-(x * 3)", (fun x _ -> Ops.Neg(Ops.Mul(x, like x 3.0))), "constant broadcast mul"
        "-(x * y)", (fun x y -> Ops.Neg(Ops.Mul(x, y))), "mul neg"
        "|-x|", (fun x _ -> Ops.Abs(Ops.Neg x)), "abs"
        "||x||", (fun x _ -> Ops.Abs(Ops.Abs x)), "abs"
        "max x x", (fun x _ -> Ops.Max(x, x)), ""
        "min x x", (fun x _ -> Ops.Min(x, x)), ""
        "max x y", (fun x y -> Ops.Max(x, y)), "max"
        "x - x", (fun x _ -> Ops.Sub(x, x)), "sub"
        "x / x", (fun x _ -> Ops.Div(x, x)), "div"
        "x * 0", (fun x _ -> Ops.Mul(x, like x 0.0)), "constant broadcast mul"
        "x / 4", (fun x _ -> Ops.Div(x, like x 4.0)), "constant broadcast mul"
        "x / -0.5", (fun x _ -> Ops.Div(x, like x -0.5)), "constant broadcast mul"
        "x / 3", (fun x _ -> Ops.Div(x, like x 3.0)), "constant broadcast div"
        "x / 2^-1024, whose reciprocal is too large", (fun x _ -> Ops.Div(x, like x 5.56268464626800e-309)), "constant broadcast div"
        "x / 2^1023, whose reciprocal is subnormal", (fun x _ -> Ops.Div(x, like x 8.98846567431158e307)), "constant broadcast div"
        "x / 2^1022", (fun x _ -> Ops.Div(x, like x 4.49423283715579e307)), "constant broadcast mul"
        "x / infinity", (fun x _ -> Ops.Div(x, like x infinity)), "constant broadcast div"
        "x / 0", (fun x _ -> Ops.Div(x, like x 0.0)), "constant broadcast div"
        "where x x", (fun x y -> Ops.Select(Ops.Greater(x, y), x, x)), ""
        "where true", (fun x y -> Ops.Select(Ops.Equal(like x 1.0, like x 1.0), x, y)), ""
        "where false", (fun x y -> Ops.Select(Ops.Equal(like x nan, like x nan), x, y)), ""
        "where not", (fun x y -> Ops.Select(Ops.Not(Ops.Greater(x, y)), x, y)), "compare select"
        "real of parts", (fun x y -> Ops.Real(Ops.Complex(x, y))), ""
        "imaginary of parts", (fun x y -> Ops.Imag(Ops.Complex(x, y))), ""
        "stopped gradients", (fun x _ -> Ops.StopGradient x), ""
        "reversed twice", (fun x _ -> Ops.Reverse(Ops.Reverse(x, Axes [| 0 |]), Axes [| 0 |])), ""
        "reversed along both", (fun x _ -> Ops.Reverse(Ops.Reverse(x, Axes [| 0 |]), Axes [| 1 |])), "reverse"
        "a slice of a slice",
        (fun x _ ->
            let part = Ops.Slice(x, Ints [| 1; 0 |], Ints [| 12; 13 |], Ints [| 2; 3 |])
            Ops.Slice(part, Ints [| 1; 2 |], Ints [| 6; 5 |], Ints [| 2; 2 |])),
        "slice"
        "an empty slice of a slice",
        (fun x _ ->
            let part = Ops.Slice(x, Ints [| 1; 5 |], Ints [| 13; 13 |], Ints [| 2; 1 |])
            Ops.Slice(part, Ints [| 6; 1 |], Ints [| 6; 4 |], Ints [| 1; 1 |])),
        "slice"
        "a slice of a piece", (fun x y -> Ops.SliceAxis(Ops.Concatenate(0, x, y), 0, 15, 20)), "slice"
        "a slice over a seam", (fun x y -> Ops.SliceAxis(Ops.Concatenate(0, x, y), 0, 5, 20)), "concatenate slice"
        "a slice at a literal place", (fun x _ -> Ops.DynamicSlice(x, [ index 3; index 50 ], Ints [| 2; 5 |])), "slice"
        "sum of zeros", (fun x _ -> Ops.ReduceSum(like x 0.0, Axes [| 0 |])), "constant broadcast"
        "sum of tenths", (fun x _ -> Ops.ReduceSum(like x 0.1, Axes [| 0 |])), "constant broadcast reduce_sum"
        "greatest of literals", (fun x _ -> Ops.ReduceMax(like x nan, Axes [| 0 |])), "constant broadcast"
        "arithmetic of literals", (fun x _ -> Ops.Mul(Ops.Add(like x 0.1, like x 0.2), Ops.Sqrt(like x 2.0))), "constant broadcast"
        "exp of literals", (fun x _ -> Ops.Exp(like x 0.1)), "constant exp broadcast"
        "a swapped product", (fun x y -> Ops.Permute(Ops.MatMul(x, y), Axes [| 1; 0 |])), "dot_general"
        "a product of transposes", (fun x y -> Ops.MatMul(Ops.Permute(x, Axes [| 1; 0 |]), Ops.Permute(y, Axes [| 1; 0 |]))), "dot_general"
        "a matrix times a column",
        (fun x y ->
            let column = Ops.Reshape(Ops.ReduceSum(y, Axes [| 0 |]), Shape.Of [| 13; 1 |])
            Ops.Reshape(Ops.MatMul(x, column), Shape.Of [| 13 |])),
        "reduce_sum dot_general"
        "a row times a matrix",
        (fun x y ->
            let row = Ops.Reshape(Ops.ReduceSum(y, Axes [| 0 |]), Shape.Of [| 1; 13 |])
            Ops.Reshape(Ops.MatMul(row, x), Shape.Of [| 13 |])),
        "reduce_sum dot_general"
        "a column times a row",
        (fun x y ->
            let column = Ops.Reshape(Ops.ReduceSum(x, Axes [| 0 |]), Shape.Of [| 13; 1 |])
            let row = Ops.Reshape(Ops.ReduceSum(y, Axes [| 0 |]), Shape.Of [| 1; 13 |])
            Ops.Reshape(Ops.MatMul(column, row), Shape.Of [| 169 |])),
        "reduce_sum reshape reduce_sum reshape dot_general reshape"
    ]

let private function2 f =
    graph [ t; t ] (fun v -> [ f v[0] v[1] ])

let private conversions =
    [
        DType.F32, DType.F64, DType.F32, ""
        DType.F64, DType.F32, DType.F64, "convert convert"
        DType.F32, DType.F64, DType.F16, "convert"
        DType.F64, DType.F32, DType.F16, "convert convert"
        DType.F16, DType.F32, DType.I8, "convert"
        DType.I32, DType.I64, DType.I8, "convert"
        DType.I32, DType.F64, DType.I32, ""
        DType.I32, DType.F64, DType.I8, "convert convert"
        DType.I32, DType.F32, DType.I32, "convert convert"
        DType.I32, DType.F64, DType.F32, "convert"
        DType.I64, DType.F64, DType.F32, "convert convert"
        DType.U8, DType.I8, DType.I32, "convert convert"
        DType.U8, DType.I16, DType.F32, "convert"
        DType.I8, DType.U8, DType.I64, "convert convert"
        DType.U32, DType.U64, DType.F64, "convert"
        DType.Bool, DType.F32, DType.I32, "convert"
    ]

let private edgesOf (dtype: DType) : HostValue =
    let numbers =
        match dtype with
        | DType.Bool -> [ 0.0; 1.0 ]
        | _ when dtype.IsFloating() ->
            [
                0.0
                -0.0
                1.5
                -3.7
                300.0
                1e9
                infinity
                -infinity
                nan
                1e-7
                65519.0
                0.1
            ]
        | DType.U8 -> [ 0.0; 7.0; 128.0; 255.0 ]
        | DType.I8 -> [ 0.0; 7.0; -128.0; 127.0; -1.0 ]
        | DType.U32 -> [ 0.0; 4294967295.0; 16777217.0 ]
        | _ -> [ 0.0; 16777217.0; -2147483648.0; 2147483647.0; -129.0 ]

    let array = NDArray.New(dtype, Shape.Of numbers.Length)
    numbers |> List.iteri (fun i number -> array.Set(i, Scalar.Of(dtype, number)))
    array

let private repetitions =
    testList
        "repeated elements"
        [
            let small: ValueType = f64 [ 13 ]
            let row = vector numbers

            let rows (v: Value) =
                Ops.Broadcast(v, Shape.Of(4, 13), Axes [| 1 |])

            let columns (v: Value) =
                Ops.Broadcast(v, Shape.Of(13, 13), Axes [| 0 |])

            testCase "a function of a repeated row is repeated" (fun () ->
                let f =
                    graph [ small; small ] (fun v -> [ Ops.Exp(Ops.Mul(rows v[0], Ops.Add(rows v[1], like (rows v[1]) 2.0))) ])

                becomes "simplify" f [ row; row ] "constant broadcast add mul exp broadcast")

            testCase "a row and a column stay apart" (fun () ->
                let square (v: Value) =
                    Ops.Broadcast(v, Shape.Of(13, 13), Axes [| 1 |])

                let f = graph [ small; small ] (fun v -> [ Ops.Mul(square v[0], columns v[1]) ])
                becomes "simplify" f [ row; row ] "broadcast broadcast mul")

            testCase "layouts of repetitions move no more than the row" (fun () ->
                let f = graph [ small ] (fun v -> [ Ops.Permute(rows v[0], Axes [| 1; 0 |]) ])
                becomes "simplify" f [ row ] "broadcast"

                let f =
                    graph [ small ] (fun v -> [ Ops.Slice(rows v[0], Ints [| 1; 2 |], Ints [| 4; 12 |], Ints [| 2; 3 |]) ])

                becomes "simplify" f [ row ] "slice broadcast"
                let f = graph [ small ] (fun v -> [ Ops.Reverse(rows v[0], Axes [| 0; 1 |]) ])
                becomes "simplify" f [ row ] "reverse broadcast")

            testCase "functions of reshaped tensors are reshaped after them" (fun () ->
                let column (v: Value) = Ops.Reshape(v, Shape.Of(13, 1))

                let f =
                    graph [ small; small ] (fun v ->
                        [
                            Ops.Reshape(Ops.Div(like (column v[0]) 1.0, Ops.Exp(column v[1])), Shape.Of 13)
                        ])

                becomes "simplify" f [ row; row ] "constant broadcast exp div"

                let f =
                    graph [ small; f64 [ 1; 13 ] ] (fun v -> [ Ops.Mul(column v[0], Ops.Reshape(v[1], Shape.Of(13, 1))) ])

                becomes "simplify" f [ row; matrix [ numbers ] ] "reshape reshape mul"
                let f = graph [ f64 [ 1 ] ] (fun v -> [ Ops.Exp(Ops.Reshape(v[0], Shape.Scalar)) ])
                becomes "simplify" f [ vector [ nan ] ] "exp reshape")

            testCase "axes of extent 1 are no movement" (fun () ->
                let f = graph [ f64 [ 4; 1; 3 ] ] (fun v -> [ Ops.Permute(v[0], Axes [| 1; 0; 2 |]) ])
                Expect.equal (names ((pass "simplify").Apply.Invoke f)) "reshape" "a permutation of them"
                let f = graph [ f64 [ 4; 3 ] ] (fun v -> [ Ops.Broadcast(v[0], Shape.Of(4, 1, 3), Axes [| 0; 2 |]) ])
                Expect.equal (names ((pass "simplify").Apply.Invoke f)) "reshape" "a broadcast to them")
        ]

let private choices =
    testList
        "choices by literals"
        [
            let t: ValueType = f64 [ 2 ]
            let at = vector [ 0.5; -0.0 ]

            let sine, cosine =
                Body(graph [ t ] (fun v -> [ Ops.Sin v[0] ])), Body(graph [ t ] (fun v -> [ Ops.Cos v[0] ]))

            let check f expected =
                becomes "simplify" (graph [ t ] f) [ at ] expected

            testCase "cond" (fun () ->
                check (fun v -> make (Cond(sine, cosine)) [ Ops.Constant(Scalar.Of true); v[0] ]) "sin"
                check (fun v -> make (Cond(sine, cosine)) [ Ops.Constant(Scalar.Of false); v[0] ]) "cos")

            testCase "switch, its index clamped" (fun () ->
                for place, expected in [ -5, "sin"; 0, "sin"; 1, "cos"; 7, "cos" ] do
                    check (fun v -> make (Switch(Bodies [| sine; cosine |])) [ index place; v[0] ]) expected)

            testCase "repeat of no step and of one" (fun () ->
                let step =
                    graph [ i64; t ] (fun v -> [ Ops.Mul(Ops.BroadcastScalar(Ops.Convert(v[0], DType.F64), Shape.Of 2), v[1]) ])

                check (fun v -> repeat 0 step [ index -1; v[0] ]) ""
                check (fun v -> repeat 0 step [ index 0; v[0] ]) ""
                check (fun v -> repeat 0 step [ index 2; v[0] ]) "constant repeat[convert broadcast mul]"

                let reversed v =
                    make (Repeat(Body step, 0, true)) [ index 1; v ]

                becomes "simplify" (graph [ t ] (fun v -> reversed v[0])) [ at ] "constant broadcast mul")

            testCase "scan of no step and of one" (fun () ->
                let step = graph [ t; t ] (fun v -> [ Ops.Add(v[0], v[1]); Ops.Sin v[1] ])

                let f length =
                    graph [ t; f64 [ length; 2 ] ] (fun v -> scan 0 1 length true step v)

                becomes "simplify" (f 1) [ at; matrix [ [ 1.0; 2.0 ] ] ] "reshape add sin"
                let empty = NDArray.New(DType.F64, Shape.Of(0, 2)) :> HostValue
                becomes "simplify" (f 0) [ at; empty ] "constant broadcast")

            testCase "a large body is called, not copied" (fun () ->
                let large = Body(graph [ t ] (fun v -> [ List.fold (fun y _ -> Ops.Sin(Ops.Exp y)) v[0] [ 1..50 ] ]))

                let after =
                    passed "simplify" (graph [ t ] (fun v -> make (Cond(large, sine)) [ Ops.Constant(Scalar.Of true); v[0] ])) [ at ]

                Expect.equal after.Nodes[0].Primitive.Name "call" "a call")
        ]

let private failing =
    testList
        "what fails is left to fail"
        [
            testCase "integer division by a literal zero" (fun () ->
                let one = Ops.Constant(Scalar.Of(DType.I64, 1L))
                let f = Graph.Of([], fun _ -> [ Ops.Div(one, index 0) ])
                let after = (pass "simplify").Apply.Invoke f
                Expect.equal (names after) "constant constant div" "the division")

            testCase "a checked slice out of range" (fun () ->
                let f = graph [ t ] (fun v -> [ Ops.DynamicSlice(v[0], [ index 3; index 50 ], Ints [| 2; 5 |], true) ])
                Expect.equal (names ((pass "simplify").Apply.Invoke f)) "constant constant dynamic_slice" "the slice"
                let f = graph [ t ] (fun v -> [ Ops.DynamicSlice(v[0], [ index 3; index 8 ], Ints [| 2; 5 |], true) ])
                becomes "simplify" f [ x ] "slice")
        ]

/// A choice whose result decides the next one.
let private deciding length =
    graph [ f64 [ 2 ] ] (fun v ->
        let type' = TensorType.Of(DType.Bool) :> ValueType
        let keep = graph [ type'; f64 [ 2 ] ] (fun v -> [ Ops.Not v[0]; Ops.Neg v[1] ])
        let drop = graph [ type'; f64 [ 2 ] ] (fun v -> [ Ops.Not v[0]; v[1] ])
        let mutable state = [ Ops.Constant(Scalar.Of true); v[0] ]

        for _ in 1..length do
            state <- make (Cond(Body keep, Body drop)) (state[0] :: state)

        [ state[1] ])

let private opening =
    testList
        "opened branches"
        [
            testCase "a choice that hangs on the choice before, a thousand times" (fun () ->
                let after = (pass "simplify").Apply.Invoke(deciding 1000)
                // Every other branch is taken: 500 changes of sign, of which two in a row are none.
                Expect.isTrue (obj.ReferenceEquals(after.Results[0], after.Parameters[0])) "nothing is left")

            testCase "an opened branch is simplified with what it now reads" (fun () ->
                let branch = graph [ f64 [ 2 ] ] (fun v -> [ Ops.Exp v[0] ])

                let f =
                    graph [] (fun _ ->
                        make
                            (Cond(Body branch, Body branch))
                            [
                                Ops.Constant(Scalar.Of true)
                                Ops.Full(Shape.Of 2, Scalar.Of(DType.F64, -0.0))
                            ])

                becomes "simplify" f [] "constant exp broadcast")
        ]

[<Tests>]
let tests =
    testList
        "simplifying more"
        [
            for name, f, left in real do
                testCase name (fun () -> becomes "simplify" (function2 f) [ x; y ] left)

            for from, middle, target, left in conversions do
                testCase $"{from} to {middle} to {target}" (fun () ->
                    let edges = edgesOf from
                    let f = graph [ ValueTypes.Of edges ] (fun v -> [ Ops.Convert(Ops.Convert(v[0], middle), target) ])
                    becomes "simplify" f [ edges ] left)

            testCase "a swapped product that another reads is left" (fun () ->
                let f =
                    graph [ t; t ] (fun v ->
                        let product = Ops.MatMul(v[0], v[1])
                        [ Ops.Permute(product, Axes [| 1; 0 |]); product ])

                becomes "simplify" f [ x; y ] "dot_general permute")

            repetitions
            choices
            failing
            opening
        ]
