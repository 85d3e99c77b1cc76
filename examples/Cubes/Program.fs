/// A cube and its three derivatives, at four times at once.
module Adjoint.Examples.Cubes

open Adjoint

/// f(t) = t³, of one number. The annotation says what `*` multiplies.
let cube (t: Tensor<float>) = t * t * t

let times = Tensor.vector [ 1.0; 2.0; 3.0; 4.0 ]

/// f, f′, f″ and f‴. A derivative is a function again, so `diff` nests.
let derivatives =
    [
        "t³", cube
        "3t²", diff cube
        "6t", diff (diff cube)
        "6", diff (diff (diff cube))
    ]

/// Each of them at all times: `vmap` makes a function of one number one of many.
let figures () =
    [ for name, f in derivatives -> name, vmap f times |> Tensor.toArray ]

[<EntryPoint>]
let main _ =
    for name, values in figures () do
        printfn "%-4s %A" name values

    0
