module Adjoint.Examples.Digits

[<EntryPoint>]
let main _ =
    printfn "Digits: trains a small network to read handwritten digits."
    0
