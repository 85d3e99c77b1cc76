module Adjoint.Properties.Main

[<EntryPoint>]
let main _ = 0
