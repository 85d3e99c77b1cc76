namespace Adjoint.Examples.Digits

open System
open System.Globalization
open System.IO

/// An option that can't be understood; the message is for whoever wrote it.
exception BadOption of message: string

/// What the command line asks for.
type Options =
    {
        Epochs: int
        Batch: int
        Rate: float
        Seed: int
        Out: string
        /// A folder with IDX files, in place of the scans that come with the example.
        Idx: string option
    }

    static member Standard =
        {
            Epochs = 30
            Batch = 32
            Rate = 0.05
            Seed = 1
            Out = Path.Combine("out", "digits")
            Idx = None
        }

[<RequireQualifiedAccess>]
module Options =

    let private bad message =
        raise (BadOption $"{message} Options: --epochs N, --batch N, --rate X, --seed N, --out FOLDER, --idx FOLDER.")

    let private whole name least (text: string) =
        match Int32.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) with
        | true, number when number >= least -> number
        | _ -> bad $"{name} takes a whole number from {least}, not '{text}'."

    let private positive name (text: string) =
        match Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
        | true, number when number > 0.0 && Double.IsFinite number -> number
        | _ -> bad $"{name} takes a number above 0, not '{text}'."

    let private folder name (text: string) =
        if Directory.Exists text then
            text
        else
            bad $"{name} takes a folder that exists, not '{text}'."

    /// Reads the command line. BadOption: it can't be understood.
    let parse (arguments: string list) =
        let rec read options arguments =
            match arguments with
            | [] -> options
            | "--epochs" as name :: text :: rest ->
                read
                    { options with
                        Epochs = whole name 1 text
                    }
                    rest
            | "--batch" as name :: text :: rest ->
                read
                    { options with
                        Batch = whole name 1 text
                    }
                    rest
            | "--rate" as name :: text :: rest ->
                read
                    { options with
                        Rate = positive name text
                    }
                    rest
            | "--seed" as name :: text :: rest ->
                read
                    { options with
                        Seed = whole name 0 text
                    }
                    rest
            | "--out" :: path :: rest -> read { options with Out = path } rest
            | "--idx" as name :: path :: rest ->
                read
                    { options with
                        Idx = Some(folder name path)
                    }
                    rest
            | [ ("--epochs" | "--batch" | "--rate" | "--seed" | "--out" | "--idx") as name ] -> bad $"{name} has no value."
            | unknown :: _ -> bad $"There is no option '{unknown}'."

        read Options.Standard arguments
