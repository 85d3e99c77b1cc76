module Adjoint.Docs.Program

/// Docs ROOT FOLDER: writes the pages of the repository at ROOT into FOLDER.
[<EntryPoint>]
let main arguments =
    match arguments with
    | [| root; folder |] ->
        let pages = Site.write root folder
        printfn $"{pages.Length} pages are in {folder}; start at {folder}/index.html"
        0
    | _ ->
        eprintfn "Docs ROOT FOLDER"
        1
