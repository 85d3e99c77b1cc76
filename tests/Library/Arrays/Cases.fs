/// What holds for every differentiable function of the array library, over a table of them.
module Adjoint.LibraryTests.Arrays.Cases

open Expecto
open Adjoint
open Adjoint.LibraryTests.Checks

/// A function of the library at points where it is smooth.
type Case =
    {
        Name: string
        Function: Tensor<float> -> Tensor<float>
        /// Points of one shape.
        Points: Tensor<float> list
    }

/// Numbers without pattern between two bounds, from a fixed start, so that failures repeat.
let drawn (seed: int) low high (shape: int list) : Tensor<float> =
    let source = System.Random(seed)
    Tensor.ofSeq shape (Seq.init (List.fold (*) 1 shape) (fun _ -> low + (high - low) * source.NextDouble()))

/// A case at two points drawn between two bounds.
let case name low high shape f =
    {
        Name = name
        Function = f
        Points = [ drawn 1 low high shape; drawn 2 low high shape ]
    }

/// A case at points that are given.
let caseAt name (points: Tensor<float> list) f =
    {
        Name = name
        Function = f
        Points = points
    }

/// A number that depends on each element of the result by itself.
let private loss f x =
    let y: Tensor<float> = f x
    let weights = Tensor.cos (Tensor.reshape y.Shape (Tensor.arange y.Size) + 0.5)
    Tensor.sum (y * weights)

let private direction (x: Tensor<float>) =
    Tensor.sin (Tensor.reshape x.Shape (Tensor.arange x.Size) * 1.7 + 0.3)

let private close tolerance (expected: Tensor<float>) (actual: Tensor<float>) message =
    holds tolerance expected.Shape (Tensor.toArray expected) actual message

/// The gradient and its own derivative agree with differences, forward mode with reverse mode, vmap with a stack, compile with eager.
let laws (case: Case) =
    testCase case.Name (fun () ->
        for x in case.Points do
            // Differences of a few hundred operations: 1e-16 / 1e-3 for each, times values up to a few hundred.
            gradientAgrees 1e-8 (loss case.Function) x "gradient"
            let dx = direction x
            let slope = Tensor.sum (grad (loss case.Function) x * dx)
            close 1e-10 slope (snd (jvp (loss case.Function) x dx)) "forward and reverse"
            gradientAgrees 1e-6 (fun x -> Tensor.sum (grad (loss case.Function) x * dx)) x "second derivative"
            close rounding (case.Function x) (compile case.Function x) "compile"

        let stacked = Tensor.stack 0 case.Points

        close rounding (Tensor.stack 0 (List.map case.Function case.Points)) (vmap case.Function stacked) "vmap"

        close
            1e-10
            (Tensor.stack 0 (List.map (grad (loss case.Function)) case.Points))
            (vmap (grad (loss case.Function)) stacked)
            "vmap of the gradient")
