/// The guides, and the other pages with code that a newcomer reads first.
module Adjoint.FirstHourTests.GuideFiles

open System.IO

let private at (parts: string list) =
    Path.Combine(Array.ofList (Repository.root.Value :: parts))

let all =
    lazy
        [
            for path in Directory.GetFiles(at [ "docs"; "guides" ], "*.md") |> Array.sort do
                Guide.read path

            Guide.read (at [ "README.md" ])
            Guide.read (at [ "build"; "Package.md" ])
        ]
