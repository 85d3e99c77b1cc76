module Adjoint.Properties.RuleTests

open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Primitives

let private number = TensorType.Of DType.F64

/// x + 1, called from a body, called from a body ... so many times.
let private nest depth =
    let one = Graph.Of([ number ], fun x -> seq { Ops.Add(x[0], Ops.OnesLike x[0]) })

    Seq.fold (fun (inner: Graph) _ -> Graph.Of([ number ], fun x -> Ops.Call(inner, [ x[0] ]))) one (seq { 1..depth })

[<Tests>]
let rules =
    testList
        "rules of one's own"
        [
            testCase "a batching rule stands for the function alone, the others still hold"
            <| fun () ->
                let square =
                    customRule
                        (fun (x: Tensor<float>) -> x * x)
                        [
                            CustomRule.vjp (fun x -> x * x, ()) (fun () _ -> Tensor.scalar 7.0)
                            CustomRule.batch (fun x -> x * x)
                        ]

                let xs = Tensor.vector [ 1.0; 2.0; 3.0 ]
                let outside = grad (fun xs -> Tensor.sum (vmap square xs)) xs
                Expect.equal (Tensor.toArray outside) [| 7.0; 7.0; 7.0 |] "grad of vmap"
                Expect.equal (Tensor.toArray (vmap (grad square) xs)) [| 7.0; 7.0; 7.0 |] "vmap of grad"

            testCase "a pullback that chooses by its cotangent works in reverse mode alone"
            <| fun () ->
                let clipped =
                    customVjp (fun (x: Tensor<float>) -> x) (fun x -> x, ()) (fun () slope ->
                        Tensor.where (slope .> 1.0) (Tensor.onesLike slope) slope)

                let f x = 10.0 * clipped x
                Expect.equal (value (grad f (Tensor.scalar 3.0))) 1.0 "the clipped gradient"

                Expect.throwsT<DerivativeException>
                    (fun () -> jvp f (Tensor.scalar 3.0) (Tensor.scalar 1.0) |> snd |> value |> ignore)
                    "no forward mode"

            testCase "a JVP rule that is not linear in its tangent is refused in reverse mode"
            <| fun () ->
                let odd = customJvp (fun (x: Tensor<float>) -> x) (fun x slope -> x, slope * slope)

                Expect.throwsT<DerivativeException> (fun () -> grad odd (Tensor.scalar 3.0) |> ignore) "squares its tangent"
        ]

[<Tests>]
let scale =
    testList
        "scale of bodies"
        [
            testCase "deep nests made apart are equal, and compare at once"
            <| fun () -> Expect.equal (Body(nest 100)) (Body(nest 100)) "equal up to names"

            testCase "thousands of calls that share an operand compile"
            <| fun () ->
                let body = Graph.Of([ number; number ], fun x -> seq { Ops.Add(x[0], Ops.Sin x[1]) })

                let graph =
                    Graph.Of(
                        [ number ],
                        fun x ->
                            let step y _ =
                                Ops.Mul(x[0], Ops.Call(body, [ x[0]; y ])[0])

                            seq { Seq.fold step x[0] (seq { 1..4000 }) }
                    )

                let result = Executable.Compile(graph).Run(NDArray.Scalar 0.5)
                Expect.isTrue (System.Double.IsFinite(result[0].Item<float>())) "a number comes out"
        ]
