/// An entry to GradBench: `dotnet run -c Release --project examples/GradBench`, with its messages on the standard input.
module Adjoint.Examples.GradBench.Program

[<EntryPoint>]
let main _ =
    Protocol.serve stdin stdout
    0
