/// Sums of powers by Horner's rule.
module Adjoint.Properties.Compile.PowerTests

open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Front
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Building
open Adjoint.Properties.Compile.Passing

let private x: ValueType = f64 [ 2 ]

let private factored types body =
    (pass "factor_powers").Apply.Invoke(graph types body)

let private becomesOf types body expected =
    Expect.equal (names (factored types body)) expected "factor_powers"

[<Tests>]
let tests =
    testList
        "sums of powers"
        [
            testCase "powers one above the other are not computed" (fun () ->
                becomesOf
                    [ x; x; x; x ]
                    (fun v ->
                        let square = Ops.Mul(v[0], v[0])
                        [ Ops.Add(Ops.Add(v[1], Ops.Mul(v[0], v[2])), Ops.Mul(square, v[3])) ])
                    "mul add mul add"

                becomesOf
                    [ x; x; x ]
                    (fun v ->
                        let square = Ops.Mul(v[0], v[0])
                        let cube = Ops.Mul(square, v[0])
                        [ Ops.Add(Ops.Mul(v[1], cube), Ops.Mul(square, v[2])) ])
                    "mul mul add mul")

            testCase "a power that another reads, and one without neighbours, stay" (fun () ->
                let twice (v: Value list) =
                    let square = Ops.Mul(v[0], v[0])
                    [ Ops.Add(Ops.Mul(v[0], v[2]), Ops.Mul(square, v[1])); square ]

                becomesOf [ x; x; x ] twice "mul mul mul add"

                becomesOf [ x; x; x ] (fun v -> [ Ops.Add(v[2], Ops.Mul(Ops.Mul(v[0], v[0]), v[1])) ]) "mul mul add")

            testCase "a factor that may be zero where the rest overflows is left" (fun () ->
                let body (v: Value list) =
                    [ Ops.Add(Ops.Mul(v[0], v[1]), Ops.Mul(Ops.Mul(v[0], v[2]), v[3])) ]

                becomesOf [ x; x; x; x ] body "mul mul mul add")

            testCase "the gradient of a polynomial of degree 7 costs 13 products and sums in one, and is right" (fun () ->
                let poly (x: Expr) =
                    List.fold (fun (sum: Expr) (c: float) -> sum * x + c) (0.05 * x + 0.25) [ -0.1; 0.2; -0.125; 0.3; -0.25; 0.5 ]

                let gradient = Differential.Grad(System.Func<Expr, Expr>(fun x -> (poly x).Sum()))
                let slope = GraphBuilder.Build([ TensorType.Of(DType.F64, 3) ], (fun x -> [| gradient.Invoke x[0] |]))

                let counts = (Pipeline.Unfused.Run slope).Nodes |> Seq.countBy _.Primitive.Name |> Map
                Expect.equal (counts.TryFind "mul", counts.TryFind "fma") (None, Some 12) "operations"
                let at = vector [ -1.5; 0.0; 2.0 ]
                let expected = (Interpreter.Run(slope, [| at |])[0] :?> NDArray).ToDoubles()
                let found = (Executable.Compile(slope).RunValues([| at |])[0] :?> NDArray).ToDoubles()

                for e, f in Array.zip expected found do
                    Expect.floatClose Accuracy.veryHigh f e "slope")
        ]
