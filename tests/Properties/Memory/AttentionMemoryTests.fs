/// Attention of long sequences: scores are never held at once.
module Adjoint.Properties.Memory.AttentionMemoryTests

open Expecto
open Adjoint
open Adjoint.Execute
open Adjoint.Kernels
open Adjoint.Nn
open Adjoint.Properties.Memory.Budgets

let private loss (q: Tensor<float32>, k, v) =
    Attention.scaled Mask.Causal q k v |> Tensor.square |> Tensor.mean

/// The bytes that value and gradient for so many places are announced to take, and those that they take.
let private bytes places =
    let draw seed : Tensor<float32> =
        Random.key seed |> Random.normal [ places; 16 ]

    let arguments = draw 1, draw 2, draw 3
    let executable = Executable.Compile(graphOf (valueAndGrad loss) arguments)
    let q, k, v = arguments
    let profile = Profile()

    let given: Core.HostValue[] = [| for x in [ q; k; v ] -> Tensor.toNDArray x |]

    executable.RunValues(given, RunOptions(Parallel = Serial.Instance, Profile = profile))
    |> ignore

    announced executable, profile.PeakBytes

[<Tests>]
let tests =
    testCase "memory of attention is linear in the length" (fun () ->
        let once, _ = bytes 1024
        let twice, taken = bytes 2048
        Expect.isTrue (twice < 2L * once + 100_000L) $"{once} bytes, and {twice} for twice the length"
        Expect.isTrue (twice < 2048L * 2048L) $"{twice} bytes, less than a quarter of the scores"
        Expect.isTrue (taken <= twice + twice / 20L) $"{taken} bytes, {twice} announced")
