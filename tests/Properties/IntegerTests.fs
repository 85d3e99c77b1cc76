/// Integers and casts at their limits, as docs/semantics.md states them.
module Adjoint.Properties.IntegerTests

open System
open System.Numerics
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.ElementwiseRuns

let private integers =
    testList
        "integers"
        [
            testCase "sums, products and negation wrap" (fun () ->
                two Ops.Add
                |> gives (NDArray.Vector(SByte.MinValue, 0y)) [ NDArray.Vector(127y, -128y); NDArray.Vector(1y, -128y) ]

                two Ops.Add
                |> gives (NDArray.Vector(0uy)) [ NDArray.Vector(255uy); NDArray.Vector(1uy) ]

                two Ops.Sub
                |> gives (NDArray.Vector(UInt64.MaxValue)) [ NDArray.Vector(0UL); NDArray.Vector(1UL) ]

                two Ops.Mul
                |> gives (NDArray.Vector(Int32.MinValue)) [ NDArray.Vector(1 <<< 30); NDArray.Vector(2) ]

                one Ops.Neg
                |> gives (NDArray.Vector(Int64.MinValue)) [ NDArray.Vector(Int64.MinValue) ]

                one Ops.Abs
                |> gives (NDArray.Vector(Int16.MinValue)) [ NDArray.Vector(Int16.MinValue) ])

            testCase "division rounds towards zero, and the least integer by -1 wraps" (fun () ->
                two Ops.Div
                |> gives (NDArray.Vector(-3, 3, -3)) [ NDArray.Vector(-7, 7, 7); NDArray.Vector(2, 2, -2) ]

                two Ops.Rem
                |> gives (NDArray.Vector(-1, 1, 1)) [ NDArray.Vector(-7, 7, 7); NDArray.Vector(2, 2, -2) ]

                two Ops.Div
                |> gives (NDArray.Vector(Int64.MinValue)) [ NDArray.Vector(Int64.MinValue); NDArray.Vector(-1L) ]

                two Ops.Div
                |> gives (NDArray.Vector(SByte.MinValue)) [ NDArray.Vector(SByte.MinValue); NDArray.Vector(-1y) ]

                two Ops.Rem
                |> gives (NDArray.Vector(0)) [ NDArray.Vector(Int32.MinValue); NDArray.Vector(-1) ])

            testCase "division by zero is an error" (fun () ->
                for f in [ Ops.Div; Ops.Rem ] do
                    let operands = [ NDArray.Vector(7); NDArray.Vector(0) ]
                    throwsNaming<DomainException, _> "by zero" (fun () -> run (graphOf operands (two f)) operands))

            testCase "powers wrap, and negative exponents give quotients cut towards zero" (fun () ->
                let bases = NDArray.Vector(3, 2, -1, 7, 1, 0)
                let exponents = NDArray.Vector(4, 33, -3, -1, -9, 0)
                two Ops.Pow |> gives (NDArray.Vector(81, 0, -1, 0, 1, 1)) [ bases; exponents ]
                let zero = [ NDArray.Vector(0); NDArray.Vector(-1) ]
                throwsNaming<DomainException, _> "by zero" (fun () -> run (graphOf zero (two Ops.Pow)) zero))

            testCase "shifts past the width give 0 or the sign" (fun () ->
                let x = NDArray.Vector(-128y, 127y, -1y, 1y)
                let by = NDArray.Vector(8y, 100y, -1y, 7y)
                two Ops.ShiftLeft |> gives (NDArray.Vector(0y, 0y, 0y, -128y)) [ x; by ]
                two Ops.ShiftRightLogical |> gives (NDArray.Vector(0y, 0y, 0y, 0y)) [ x; by ]

                two Ops.ShiftRightArithmetic
                |> gives (NDArray.Vector(-1y, 0y, -1y, 0y)) [ x; by ]

                let wide = [ NDArray.Vector(-1L); NDArray.Vector(64L) ]
                two Ops.ShiftLeft |> gives (NDArray.Vector(0L)) wide
                two Ops.ShiftRightArithmetic |> gives (NDArray.Vector(-1L)) wide)

            testCase "shifts to the right fill with zeros or with the highest bit" (fun () ->
                two Ops.ShiftRightLogical
                |> gives (NDArray.Vector(127y)) [ NDArray.Vector(-1y); NDArray.Vector(1y) ]

                two Ops.ShiftRightArithmetic
                |> gives (NDArray.Vector(-4)) [ NDArray.Vector(-8); NDArray.Vector(1) ]

                two Ops.ShiftRightArithmetic
                |> gives (NDArray.Vector(0xC0uy)) [ NDArray.Vector(0x80uy); NDArray.Vector(1uy) ])

            testCase "bits are counted at the dtype's width" (fun () ->
                one Ops.PopCount
                |> gives (NDArray.Vector(8y, 0y, 3y)) [ NDArray.Vector(-1y, 0y, 7y) ]

                one Ops.PopCount |> gives (NDArray.Vector(64L)) [ NDArray.Vector(-1L) ]
                one Ops.Not |> gives (NDArray.Vector(0xF0uy)) [ NDArray.Vector(0x0Fuy) ]

                one Ops.Not
                |> gives (NDArray.Vector(false, true)) [ NDArray.Vector(true, false) ]

                two Ops.Xor
                |> gives (NDArray.Vector(true, false)) [ NDArray.Vector(true, true); NDArray.Vector(false, true) ])
        ]

let private convert target = one (fun x -> Ops.Convert(x, target))

let private casts =
    testList
        "casts"
        [
            testCase "floating to integer: NaN gives 0, and what does not fit gives the nearest that does" (fun () ->
                let x = numbers [ nan; infinity; -infinity; 2.9; -2.9; 3e9; 1e300 ]
                let least, most = Int32.MinValue, Int32.MaxValue

                convert DType.I32
                |> gives (NDArray.Vector(0, most, least, 2, -2, most, most)) [ x ]

                convert DType.U8
                |> gives (NDArray.Vector(0uy, 255uy, 0uy, 2uy, 0uy, 255uy, 255uy)) [ x ]

                let most64 = Int64.MaxValue

                convert DType.I64
                |> gives (NDArray.Vector(0L, most64, Int64.MinValue, 2L, -2L, 3000000000L, most64)) [ x ])

            testCase "integer to integer wraps" (fun () ->
                convert DType.U8
                |> gives (NDArray.Vector(44uy, 255uy)) [ NDArray.Vector(300, -1) ]

                convert DType.I8 |> gives (NDArray.Vector(-56y)) [ NDArray.Vector(200uy) ])

            testCase "bool is whether it is not zero, and reads as 0 or 1" (fun () ->
                convert DType.Bool
                |> gives (NDArray.Vector(true, false, true)) [ numbers [ nan; -0.0; 0.1 ] ]

                convert DType.F32
                |> gives (NDArray.Vector(1.0f, 0.0f)) [ NDArray.Vector(true, false) ])

            testCase "floating to floating rounds once" (fun () ->
                let x =
                    numbers
                        [
                            1.0 + Math.ScaleB(1.0, -8) + Math.ScaleB(1.0, -40)
                            1.0 + Math.ScaleB(1.0, -8)
                            1e39
                        ]

                let bf16 (value: float32) = BFloat16.FromSingle value

                convert DType.BF16
                |> gives (NDArray.Vector(bf16 1.0078125f, bf16 1.0f, bf16 infinityf)) [ x ])

            testCase "complex to real is an error that names real" (fun () ->
                throwsNaming<TypeRuleException, _> "real or imag" (fun () -> graphOf [ NDArray.Vector(Complex.One) ] (convert DType.F64)))

            testCase "the transpose of real to complex is the real part" (fun () ->
                let f (x: Value list) =
                    Ops.Mul(Ops.Convert(x[0], DType.C128), x[1])

                let operands = [ NDArray.Vector(2.0); NDArray.Vector(Complex(3.0, 4.0)) ]
                Expect.equal (elements (slopes operands f).Head) (elements (numbers [ 3.0 ])) "real part")

            testCase "bits are read as another dtype of the same size" (fun () ->
                one (fun x -> Ops.Bitcast(x, DType.U32))
                |> gives (NDArray.Vector(0x3F800000u)) [ NDArray.Vector(1.0f) ]

                let mixed () =
                    graphOf [ NDArray.Vector(1.0f) ] (one (fun x -> Ops.Bitcast(x, DType.I64)))

                throwsNaming<TypeRuleException, _> "4 bytes against 8" mixed)

            testCase "mixed dtypes name cast, mixed shapes name broadcast" (fun () ->
                let mixed () =
                    graphOf [ numbers [ 1.0 ]; NDArray.Vector(1.0f) ] (two Ops.Add)

                throwsNaming<TypeRuleException, _> "cast" mixed

                let uneven () =
                    graphOf [ numbers [ 1.0 ]; numbers [ 1.0; 2.0 ] ] (two Ops.Add)

                throwsNaming<TypeRuleException, _> "broadcast" uneven)

            testCase "f16 and bf16 are computed in f32 and rounded once" (fun () ->
                let half (x: float) = Half.op_Explicit x

                let operands =
                    [
                        NDArray.Vector(half 2048.0, half 65504.0)
                        NDArray.Vector(half 1.0, half 65504.0)
                    ]

                two Ops.Add |> gives (NDArray.Vector(half 2048.0, half infinity)) operands

                one Ops.Sqrt
                |> gives (NDArray.Vector(BFloat16.FromSingle 1.4140625f)) [ NDArray.Vector(BFloat16.FromSingle 2.0f) ])
        ]

[<Tests>]
let tests = testList "integers and casts" [ integers; casts ]
