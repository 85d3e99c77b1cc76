/// Where products and sums are joined, and where they are not.
module Adjoint.Properties.Compile.FmaTests

open System
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Properties.Building
open Adjoint.Properties.Compile.Passing

let private x: ValueType = f64 [ 2 ]

let private placed types body expected =
    Expect.equal (names ((pass "place_fma").Apply.Invoke(graph types body))) expected "place_fma"

let private of3 body = placed [ x; x; x ] body

[<Tests>]
let tests =
    testList
        "fma placement"
        [
            testCase "a product and a sum, on either side" (fun () ->
                of3 (fun v -> [ Ops.Add(Ops.Mul(v[0], v[1]), v[2]) ]) "fma"
                of3 (fun v -> [ Ops.Add(v[2], Ops.Mul(v[0], v[1])) ]) "fma")

            testCase "differences take the sign into an operand" (fun () ->
                of3 (fun v -> [ Ops.Sub(Ops.Mul(v[0], v[1]), v[2]) ]) "neg fma"
                of3 (fun v -> [ Ops.Sub(v[2], Ops.Mul(v[0], v[1])) ]) "neg fma"
                of3 (fun v -> [ Ops.Sub(v[2], Ops.Mul(v[0], Ops.Full(v[0].Tensor, 3.0))) ]) "constant broadcast fma"
                of3 (fun v -> [ Ops.Sub(v[2], Ops.Mul(v[0], Ops.Neg v[1])) ]) "fma")

            testCase "of two products the left is joined" (fun () ->
                of3 (fun v -> [ Ops.Add(Ops.Mul(v[0], v[1]), Ops.Mul(v[1], v[2])) ]) "mul fma")

            testCase "a product that another reads is left, and one that is a result" (fun () ->
                let twice (v: Value list) =
                    let product = Ops.Mul(v[0], v[1])
                    [ Ops.Add(product, v[2]); Ops.Exp product ]

                of3 twice "mul add exp"

                of3
                    (fun v ->
                        let product = Ops.Mul(v[0], v[1])
                        [ Ops.Add(product, v[2]); product ])
                    "mul add"

                of3
                    (fun v ->
                        let product = Ops.Mul(v[0], v[1])
                        [ Ops.Add(product, product) ])
                    "mul add")

            testCase "other dtypes are left" (fun () ->
                for dtype in [ DType.F16; DType.BF16; DType.I32; DType.C64; DType.C128 ] do
                    let t: ValueType = TensorType.Of(dtype, 2)
                    placed [ t; t; t ] (fun v -> [ Ops.Add(Ops.Mul(v[0], v[1]), v[2]) ]) "mul add"

                let t: ValueType = TensorType.Of(DType.F32, 2)
                placed [ t; t; t ] (fun v -> [ Ops.Add(Ops.Mul(v[0], v[1]), v[2]) ]) "fma")

            testCase "in bodies" (fun () ->
                let body = graph [ x; x; x ] (fun v -> [ Ops.Add(Ops.Mul(v[0], v[1]), v[2]) ])
                of3 (fun v -> scan 2 1 3 false body v) "scan[fma]")

            testCase "rounded once, by kernels too, infinities and NaN as they are" (fun () ->
                let numbers =
                    [
                        1.0 + Math.ScaleB(1.0, -30)
                        -0.0
                        0.0
                        infinity
                        nan
                        1e308
                        1e-310
                        3.0
                        -7.5
                    ]

                let pick seed =
                    [ for i in 0..40 -> numbers[(i * seed + seed) % numbers.Length] ]

                let types = [ f64 [ 41 ]; f64 [ 41 ]; f64 [ 41 ] ]

                for difference in [ false; true ] do
                    let f =
                        graph types (fun v ->
                            let product = Ops.Mul(v[0], v[1])

                            [
                                (if difference then
                                     Ops.Sub(v[2], product)
                                 else
                                     Ops.Add(product, v[2]))
                            ])

                    let after = (pass "place_fma").Apply.Invoke f
                    let x, y, z = pick 2, pick 5, pick 7

                    let expected =
                        List.map3 (fun x y z -> Math.FusedMultiplyAdd((if difference then -x else x), y, z)) x y z

                    for kernels in [ true; false ] do
                        let options = RunOptions(UseKernels = kernels, Parallel = Serial.Instance)
                        let results = Interpreter.Run(after, [| vector x; vector y; vector z |], options)
                        Expect.isTrue (Adjoint.Properties.Laws.Values.sameBits results[0] (vector expected)) $"kernels: {kernels}")
        ]
