namespace Expecto

open System
open System.Text.RegularExpressions

/// How close two floats must be: |a - b| within absolute + relative * max(|a|, |b|).
type Accuracy = { absolute: float; relative: float }

[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Accuracy =

    let areCloseLhs a b = abs (a - b)

    let areCloseRhs accuracy a b =
        accuracy.absolute + accuracy.relative * max (abs a) (abs b)

    let areClose accuracy a b =
        areCloseLhs a b <= areCloseRhs accuracy a b

    let low = { absolute = 1e-6; relative = 1e-3 }
    let medium = { absolute = 1e-8; relative = 1e-5 }
    let high = { absolute = 1e-10; relative = 1e-7 }
    let veryHigh = { absolute = 1e-12; relative = 1e-9 }

/// What a test expects. The message says what is being checked; the values follow it.
[<RequireQualifiedAccess>]
module Expect =

    // Equality

    let private differsAt (a: string) (b: string) =
        Seq.zip a b
        |> Seq.tryFindIndex (fun (x, y) -> x <> y)
        |> Option.defaultValue (min a.Length b.Length)

    /// Expects the two values to be equal.
    let equal (actual: 'a) (expected: 'a) message =
        if not (actual = expected) then
            match box actual, box expected with
            | (:? string as a), (:? string as e) ->
                failtestf "%s.\nexpected: %s\n  actual: %s\nThey differ at index %d." message e a (differsAt a e)
            | _ -> failtestf "%s.\nexpected: %A\n  actual: %A" message expected actual

    /// Expects the two values to differ.
    let notEqual (actual: 'a) (expected: 'a) message =
        if actual = expected then
            failtestf "%s. Expected a value other than %A." message expected

    let isTrue actual message =
        if not actual then
            failtestf "%s. Expected true, but it was false." message

    let isFalse actual message =
        if actual then
            failtestf "%s. Expected false, but it was true." message

    let isNull (value: 'a) message =
        if not (obj.ReferenceEquals(value, null)) then
            failtestf "%s. Expected null, but it was %A." message value

    let isNotNull (value: 'a) message =
        if obj.ReferenceEquals(value, null) then
            failtestf "%s. Expected a value, but it was null." message

    // Exceptions

    let private caught f =
        try
            f ()
            None
        with error ->
            Some error

    /// Expects f to throw, and gives the exception to cont.
    let throwsC f cont =
        match caught f with
        | Some error -> cont error
        | None -> failtest "Expected f to throw."

    /// Expects f to throw.
    let throws f message =
        if (caught f).IsNone then
            failtestf "%s. Expected f to throw." message

    /// Expects f to throw an exception of this type.
    let throwsT<'texn> f message =
        match caught f with
        | Some error when (box error :? 'texn) -> ()
        | Some error ->
            let found = error.GetType().FullName
            failtestf "%s. Expected f to throw %s, but it threw %s: %s" message typeof<'texn>.FullName found error.Message
        | None -> failtestf "%s. Expected f to throw %s." message typeof<'texn>.FullName

    // Options and results

    let isSome x message =
        if Option.isNone x then
            failtestf "%s. Expected Some _, was None." message

    let isNone x message =
        match x with
        | Some value -> failtestf "%s. Expected None, was Some(%A)." message value
        | None -> ()

    let isOk x message =
        match x with
        | Ok _ -> ()
        | Error error -> failtestf "%s. Expected Ok, was Error(%A)." message error

    let isError x message =
        match x with
        | Error _ -> ()
        | Ok value -> failtestf "%s. Expected Error, was Ok(%A)." message value

    /// Expects Some, and gives the value.
    let wantSome x message =
        match x with
        | Some value -> value
        | None -> failtestf "%s. Expected Some _, was None." message

    /// Expects Ok, and gives the value.
    let wantOk x message =
        match x with
        | Ok value -> value
        | Error error -> failtestf "%s. Expected Ok, was Error(%A)." message error

    /// Expects Error, and gives it.
    let wantError x message =
        match x with
        | Error error -> error
        | Ok value -> failtestf "%s. Expected Error, was Ok(%A)." message value

    // Order and numbers

    let isLessThan a b message =
        if not (a < b) then
            failtestf "%s. Expected a (%A) to be less than b (%A)." message a b

    let isLessThanOrEqual a b message =
        if not (a <= b) then
            failtestf "%s. Expected a (%A) to be less than or equal to b (%A)." message a b

    let isGreaterThan a b message =
        if not (a > b) then
            failtestf "%s. Expected a (%A) to be greater than b (%A)." message a b

    let isGreaterThanOrEqual a b message =
        if not (a >= b) then
            failtestf "%s. Expected a (%A) to be greater than or equal to b (%A)." message a b

    /// Expects two finite floats to be close.
    let floatClose accuracy (actual: float) (expected: float) message =
        if Double.IsInfinity actual || Double.IsInfinity expected then
            failtestf "%s. Expected finite numbers; actual=%.17g expected=%.17g" message actual expected
        elif not (Accuracy.areClose accuracy actual expected) then
            failtestf
                "%s. Expected a difference of at most %.6g, but it was %.6g; actual=%.17g expected=%.17g"
                message
                (Accuracy.areCloseRhs accuracy actual expected)
                (Accuracy.areCloseLhs actual expected)
                actual
                expected

    let floatLessThanOrClose accuracy (actual: float) (expected: float) message =
        if not (actual <= expected) then
            floatClose accuracy actual expected message

    let floatGreaterThanOrClose accuracy (actual: float) (expected: float) message =
        if not (actual >= expected) then
            floatClose accuracy actual expected message

    let isNotNaN (f: float) message =
        if Double.IsNaN f then
            failtestf "%s. Expected a number, but it was NaN." message

    let isNotPositiveInfinity (f: float) message =
        if Double.IsPositiveInfinity f then
            failtestf "%s. Expected a number, but it was positive infinity." message

    let isNotNegativeInfinity (f: float) message =
        if Double.IsNegativeInfinity f then
            failtestf "%s. Expected a number, but it was negative infinity." message

    let isNotInfinity (f: float) message =
        isNotNegativeInfinity f message
        isNotPositiveInfinity f message

    // Sequences

    let isEmpty (sequence: seq<'a>) message =
        if not (Seq.isEmpty sequence) then
            failtestf "%s. Expected it to be empty, but it was %A." message (List.ofSeq sequence)

    let isNonEmpty (sequence: seq<'a>) message =
        if Seq.isEmpty sequence then
            failtestf "%s. Expected it not to be empty." message

    let hasLength (sequence: seq<'a>) length message =
        let actual = Seq.length sequence

        if actual <> length then
            failtestf "%s. Expected length %d, but it was %d: %A." message length actual (List.ofSeq sequence)

    let contains sequence element message =
        if not (Seq.contains element sequence) then
            failtestf "%s. Expected %A to contain %A." message (List.ofSeq sequence) element

    /// Expects every element of expected to be in actual.
    let containsAll (actual: seq<'a>) (expected: seq<'a>) message =
        let present = List.ofSeq actual
        let missing = expected |> Seq.filter (fun x -> not (List.contains x present)) |> List.ofSeq

        if not missing.IsEmpty then
            failtestf "%s. These are missing: %A; actual: %A." message missing present

    /// Expects the same elements in the same order.
    let sequenceEqual (actual: seq<'a>) (expected: seq<'a>) message =
        let a, e = Array.ofSeq actual, Array.ofSeq expected

        match Seq.zip a e |> Seq.tryFindIndex (fun (x, y) -> not (x = y)) with
        | Some i -> failtestf "%s. At index %d: expected %A, actual %A." message i e[i] a[i]
        | None when a.Length <> e.Length -> failtestf "%s. Expected %d elements, but there are %d." message e.Length a.Length
        | None -> ()

    let sequenceStarts (subject: seq<'a>) (prefix: seq<'a>) message =
        sequenceEqual (Seq.truncate (Seq.length prefix) subject) prefix message

    let isAscending (sequence: seq<'a>) message =
        if sequence |> Seq.pairwise |> Seq.exists (fun (a, b) -> a > b) then
            failtestf "%s. Expected ascending order: %A." message (List.ofSeq sequence)

    let isDescending (sequence: seq<'a>) message =
        if sequence |> Seq.pairwise |> Seq.exists (fun (a, b) -> a < b) then
            failtestf "%s. Expected descending order: %A." message (List.ofSeq sequence)

    /// Expects every element to satisfy the assertion.
    let all (sequence: seq<'a>) (assertion: 'a -> bool) message =
        match sequence |> Seq.indexed |> Seq.tryFind (fun (_, x) -> not (assertion x)) with
        | Some(index, x) -> failtestf "%s. The element at index %d does not satisfy it: %A." message index x
        | None -> ()

    /// Expects some element to satisfy the assertion.
    let exists (sequence: seq<'a>) (assertion: 'a -> bool) message =
        if not (Seq.exists assertion sequence) then
            failtestf "%s. No element satisfies it: %A." message (List.ofSeq sequence)

    let allEqual (sequence: seq<'a>) (expected: 'a) message =
        all sequence (fun x -> x = expected) message

    // Strings

    let stringContains (subject: string) (substring: string) message =
        if not (subject.Contains(substring, StringComparison.Ordinal)) then
            failtestf "%s. Expected '%s' to contain '%s'." message subject substring

    let stringStarts (subject: string) (prefix: string) message =
        if not (subject.StartsWith(prefix, StringComparison.Ordinal)) then
            failtestf "%s. Expected '%s' to start with '%s'." message subject prefix

    let stringEnds (subject: string) (suffix: string) message =
        if not (subject.EndsWith(suffix, StringComparison.Ordinal)) then
            failtestf "%s. Expected '%s' to end with '%s'." message subject suffix

    let stringHasLength (subject: string) length message =
        if subject.Length <> length then
            failtestf "%s. Expected '%s' to have length %d, not %d." message subject length subject.Length

    let isMatch (actual: string) (pattern: string) message =
        if not (Regex.IsMatch(actual, pattern)) then
            failtestf "%s. Expected '%s' to match %s." message actual pattern

    let isNotMatch (actual: string) (pattern: string) message =
        if Regex.IsMatch(actual, pattern) then
            failtestf "%s. Expected '%s' not to match %s." message actual pattern
