namespace Adjoint.Examples.GradBench

open System.Text.Json
open Adjoint

/// A function of an eval. Given the input of a message it is ready to run; each run computes anew, and gives what makes the output of it.
type Function = JsonElement -> (unit -> (unit -> Output))

[<RequireQualifiedAccess>]
module Function =

    /// A function that is compiled once for each shape of its input.
    let define (read: JsonElement -> 'I) (f: 'I -> 'O) (write: 'O -> Output) : Function =
        let compiled = compile f

        fun input ->
            let x = read input

            fun () ->
                let result = compiled x
                fun () -> write result

    let number (x: Tensor<float>) = Number(value x)

    let numbers (x: Tensor<float>) = Numbers(Tensor.toArray x)

    let rows (x: Tensor<float>) = Rows(Tensor.toArray2D x)
