namespace Adjoint.Properties.Laws

open FsCheck
open FsCheck.FSharp

/// Choices kept as data: whatever is drawn at random is read from here, so that shrinking the tape shrinks what was drawn.
[<StructuredFormatDisplay("{Text}")>]
type Tape =
    {
        Choices: int list
    }

    member tape.Text =
        let choices = tape.Choices |> List.map string |> String.concat "; "
        $"Tape.ofList [ {choices} ]"

    override tape.ToString() = tape.Text

[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Tape =

    /// How many choices are at random; those past the end are the simplest ones.
    let private length = 64

    let private largest = 1 <<< 24

    let ofList choices = { Choices = choices }

    /// The choices without zeros at the end, which say nothing.
    let private trimmed (choices: int list) =
        choices |> List.rev |> List.skipWhile ((=) 0) |> List.rev

    let private without at count choices =
        List.take at choices
        @ List.skip (min (List.length choices) (at + count)) choices

    let private blocks (choices: int list) =
        let count = choices.Length

        seq {
            for size in [ count / 2; count / 4; 8; 4; 2; 1 ] |> List.distinct do
                if size > 0 then
                    for at in count - size .. -size .. 0 do
                        without at size choices
        }

    let private smaller (choices: int list) =
        seq {
            for index, choice in List.indexed choices do
                for other in [ 0; choice / 256; choice / 2; choice - 1 ] |> List.distinct do
                    if other >= 0 && other < choice then
                        List.updateAt index other choices
        }

    let shrink tape =
        let start = trimmed tape.Choices

        Seq.append (blocks start) (smaller start)
        |> Seq.map (trimmed >> ofList)
        |> Seq.filter (fun other -> other <> tape)

    let arbitrary =
        Arb.fromGenShrink (Gen.choose (0, largest) |> Gen.listOfLength length |> Gen.map ofList, shrink)

/// How FsCheck draws tapes.
type TapeArbitrary =
    static member Tape() : Arbitrary<Tape> = Tape.arbitrary
