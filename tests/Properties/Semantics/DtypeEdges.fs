/// Arithmetic at the ends of dtypes, as docs/semantics.md states it under "Dtypes".
module Adjoint.Properties.Semantics.DtypeEdges

open System
open Expecto
open Adjoint.Core
open Adjoint.Front
open Adjoint.Properties.Semantics.Everywhere

let private two (f: Expr -> Expr -> Expr) (x: Expr[]) = f x[0] x[1]
let private one (f: Expr -> Expr) (x: Expr[]) = f x[0]

let private overflow =
    [
        forEach integers "integers wrap around at both ends" (fun dtype ->
            let least, largest = limits dtype
            let step = vector dtype [ 1.0 ]
            everywhere (two (fun x y -> x + y)) [ single largest; step ] (single least)
            everywhere (two (fun x y -> x - y)) [ single least; step ] (single largest))

        forEach signed "the least integer is its own negative, magnitude and quotient by -1" (fun dtype ->
            let least = single (fst (limits dtype))
            everywhere (one (fun x -> -x)) [ least ] least
            everywhere (one _.Abs()) [ least ] least
            everywhere (two (fun x y -> x / y)) [ least; vector dtype [ -1.0 ] ] least
            everywhere (two (fun x y -> x.Remainder y)) [ least; vector dtype [ -1.0 ] ] (vector dtype [ 0.0 ]))

        forEach integers "a product wraps" (fun dtype ->
            let _, largest = limits dtype
            // (2^n - 1)^2 = 1 and (2^(n-1) - 1)^2 = 1 modulo 2^n.
            everywhere (two (fun x y -> x * y)) [ single largest; single largest ] (vector dtype [ 1.0 ]))

        forEach integers "sums and running sums wrap" (fun dtype ->
            let least, largest = limits dtype
            let x = NDArray.New(dtype, Shape.Of 2)
            x.Set(0, largest)
            x.Set(1, Scalar.One dtype)
            everywhere (one _.Sum()) [ x ] (NDArray.Full(Shape.Scalar, least))
            let y = NDArray.New(dtype, Shape.Of 2)
            y.Set(0, largest)
            y.Set(1, least)
            everywhere (one _.CumSum()) [ x ] y)
    ]

let private division =
    [
        forEach integers "dividing an integer by zero is an error" (fun dtype ->
            let x = [ vector dtype [ 1.0 ]; vector dtype [ 0.0 ] ]
            failsEverywhere<DomainException> "by zero" (two (fun x y -> x / y)) x
            failsEverywhere<DomainException> "by zero" (two (fun x y -> x.Remainder y)) x)

        forEach signed "quotients are cut towards zero, and a remainder has the dividend's sign" (fun dtype ->
            let x, y = vector dtype [ 7.0; -7.0; 7.0; -7.0 ], vector dtype [ 2.0; 2.0; -2.0; -2.0 ]
            everywhere (two (fun x y -> x / y)) [ x; y ] (vector dtype [ 3.0; -3.0; -3.0; 3.0 ])
            everywhere (two (fun x y -> x.Remainder y)) [ x; y ] (vector dtype [ 1.0; -1.0; 1.0; -1.0 ]))

        forEach floating "floating numbers divide by zero as IEEE 754 says" (fun dtype ->
            everywhere
                (two (fun x y -> x / y))
                [ vector dtype [ 1.0; -1.0; 0.0; 1.0 ]; vector dtype [ 0.0; 0.0; 0.0; -0.0 ] ]
                (vector dtype [ infinity; -infinity; nan; -infinity ]))
    ]

let private shifts =
    [
        forEach integers "a shift by the width or more gives 0, or copies of the sign" (fun dtype ->
            let width = float (8 * dtype.Size())
            let distances = vector dtype [ width; width + 1.0; 100.0 ]
            let ones = vector dtype [ 1.0; 1.0; 1.0 ]
            let zeros = vector dtype [ 0.0; 0.0; 0.0 ]
            everywhere (two (fun x y -> x.ShiftLeft y)) [ ones; distances ] zeros
            everywhere (two (fun x y -> x.ShiftRightLogical y)) [ ones; distances ] zeros
            everywhere (two (fun x y -> x.ShiftRightArithmetic y)) [ ones; distances ] zeros)

        forEach signed "a negative distance is past the width" (fun dtype ->
            let x = [ vector dtype [ -4.0 ]; vector dtype [ -1.0 ] ]
            everywhere (two (fun x y -> x.ShiftLeft y)) x (vector dtype [ 0.0 ])
            everywhere (two (fun x y -> x.ShiftRightLogical y)) x (vector dtype [ 0.0 ])
            everywhere (two (fun x y -> x.ShiftRightArithmetic y)) x (vector dtype [ -1.0 ]))
    ]

let private casts =
    [
        testCase "floating to integer: NaN gives 0, and what does not fit the nearest that does" (fun () ->
            for source in floating do
                for target in integers do
                    let least, largest = limits target
                    let expected = NDArray.New(target, Shape.Of 4)
                    expected.Set(1, largest)
                    expected.Set(2, least)
                    expected.Set(3, Scalar.Of(target, 2L))
                    everywhere (one _.Cast(target)) [ vector source [ nan; infinity; -infinity; 2.75 ] ] expected)

        testCase "integer to integer keeps the low bits" (fun () ->
            everywhere (one _.Cast(DType.U8)) [ vector DType.I32 [ -1.0; 256.0; 300.0 ] ] (vector DType.U8 [ 255.0; 0.0; 44.0 ])
            everywhere (one _.Cast(DType.I8)) [ vector DType.U16 [ 128.0; 65535.0 ] ] (vector DType.I8 [ -128.0; -1.0 ]))

        forEach (floating @ integers) "to bool: whether it is not zero, NaN too" (fun dtype ->
            let number = if dtype.IsFloating() then nan else 3.0
            everywhere (one _.Cast(DType.Bool)) [ vector dtype [ 0.0; number ] ] (vector DType.Bool [ 0.0; 1.0 ]))

        testCase "a number is rounded once on its way to bf16" (fun () ->
            // 1 + 2^-8 is a tie between 1 and 1 + 2^-7; a little more goes up, and by way of f32 that little is lost.
            let above = 1.0 + Math.ScaleB(1.0, -8) + Math.ScaleB(1.0, -40)
            let up = 1.0 + Math.ScaleB(1.0, -7)
            everywhere (one _.Cast(DType.BF16)) [ vector DType.F64 [ above ] ] (vector DType.BF16 [ up ])
            Expect.equal (Scalar.Of(DType.BF16, above).AsDouble) up "a scalar")

        testCase "a large integer is rounded once on its way to f32 and bf16" (fun () ->
            // 2^54 + 2^30 + 1 lies above a tie of f32; by way of f64 the last 1 is lost, and the tie goes to even, down.
            let number = (1L <<< 54) + (1L <<< 30) + 1L
            let up = float ((1L <<< 54) + (1L <<< 31))
            Expect.equal (Scalar.Of(DType.F32, number).AsDouble) up "a scalar of f32"
            let x = NDArray.Vector [| number |]
            everywhere (one _.Cast(DType.F32)) [ x ] (vector DType.F32 [ up ])
            let wide = (1L <<< 62) + (1L <<< 54) + 1L
            let above = float ((1L <<< 62) + (1L <<< 55))
            Expect.equal (Scalar.Of(DType.BF16, wide).AsDouble) above "a scalar of bf16"
            everywhere (one _.Cast(DType.BF16)) [ NDArray.Vector [| wide |] ] (vector DType.BF16 [ above ]))

        testCase "complex to real is an error that says real" (fun () ->
            Expect.throwsC (fun () -> (Expr.Of [| Numerics.Complex.One |]).Cast(DType.F64) |> ignore) (fun error ->
                Expect.stringContains error.Message "real" "the message"))
    ]

let private halves =
    [
        forEach [ DType.F16; DType.BF16 ] "half precision computes in f32 and rounds once an operation" (fun dtype ->
            let epsilon = dtype.Epsilon()
            // x * y + z in f32, rounded once: the product's last digits survive.
            let x = vector dtype [ 1.0 + epsilon ]

            let exact = (1.0 + epsilon) * (1.0 + epsilon) - 1.0
            let rounded = Scalar.Of(dtype, exact).AsDouble

            everywhere (fun x -> x[0].Fma(x[1], x[2])) [ x; x; vector dtype [ -1.0 ] ] (vector dtype [ rounded ]))

        forEach [ DType.F16; DType.BF16 ] "sums of half precision are accumulated in f32" (fun dtype ->
            // One by one, 1 + e/4 stays 1 in half precision; four of them make a full unit in the last place.
            let quarter = dtype.Epsilon() / 4.0
            let x = vector dtype [ 1.0; quarter; quarter; quarter; quarter ]
            let sum = vector dtype [ 1.0 + dtype.Epsilon() ]
            everywhere (one (fun x -> x.Sum([| 0 |], true))) [ x ] sum

            let ones = vector dtype [ 1.0; 1.0; 1.0; 1.0; 1.0 ]
            everywhere (two (fun x y -> (x.Dot y).Reshape 1)) [ x; ones ] sum)

        forEach [ DType.F16; DType.BF16 ] "what is too large for half precision becomes infinite" (fun dtype ->
            let largest = if dtype = DType.F16 then 65504.0 else 3.3895313892515355e38
            everywhere (two (fun x y -> x * y)) [ vector dtype [ largest ]; vector dtype [ 2.0 ] ] (vector dtype [ infinity ]))
    ]

[<Tests>]
let tests = testList "semantics: dtypes" (overflow @ division @ shifts @ casts @ halves)
