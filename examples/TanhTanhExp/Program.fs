/// tanh(tanh(exp x)): value and derivative in one pass, beside the derivative worked out by hand.
module Adjoint.Examples.TanhTanhExp

open Adjoint

let f x =
    x |> Tensor.exp |> Tensor.tanh |> Tensor.tanh

/// f′ by the chain rule, with tanh′ = 1 - tanh²: (1 - f²) (1 - tanh²(eˣ)) eˣ.
let byHand (x: float) =
    let inner = tanh (exp x)
    let outer = tanh inner
    (1.0 - outer * outer) * (1.0 - inner * inner) * exp x

let points = [ -2.0; -1.0; 0.0; 0.5; 1.0 ]

/// x, f x, f′ x as the library finds it, and f′ x by hand.
let figures () =
    [
        for x in points do
            let y, slope = valueAndGrad f (Tensor.scalar x)
            x, value y, value slope, byHand x
    ]

[<EntryPoint>]
let main _ =
    printfn "    x     tanh(tanh(exp x))   derivative          by hand"

    for x, y, slope, expected in figures () do
        printfn $"%5.1f{x}     %.15f{y}   %.15f{slope}   %.15f{expected}"

    0
