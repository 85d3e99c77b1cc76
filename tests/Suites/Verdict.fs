namespace Adjoint.Suites

/// What became of a case.
type Verdict =
    | Passed
    | Failed of why: string
    /// The case asks for something that the library does not claim to have, for the reason given.
    | NotApplicable of reason: string

/// One case of a pack, judged. The group is the operation that it is about.
type Judged =
    {
        Name: string
        Group: string
        Verdict: Verdict
    }

/// Raised by a reader that meets what the library does not have.
exception Unmapped of reason: string

[<RequireQualifiedAccess>]
module Verdict =

    /// Runs a case: what it throws is why it failed, or why it does not apply.
    let from (judge: unit -> Verdict) =
        try
            judge ()
        with
        | Unmapped reason -> NotApplicable reason
        | error -> Failed(error.Message.Split('\n')[0])
