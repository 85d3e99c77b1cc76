namespace Adjoint.Examples

open System

/// A bar that fills while work goes on, on one line of a terminal; in a file or a pipe nothing is drawn.
type Progress(label: string, total: int) =
    let width = 30
    let clock = Diagnostics.Stopwatch.StartNew()
    let shown = not Console.IsOutputRedirected
    let mutable doneSoFar = 0

    /// One piece of work is done; the note stands behind the bar.
    member _.Step(note: string) =
        doneSoFar <- min total (doneSoFar + 1)

        if shown then
            let filled = width * doneSoFar / max 1 total
            let bar = String('█', filled) + String('░', width - filled)
            Console.Write $"\r{label} {bar} {doneSoFar}/{total} {clock.Elapsed.TotalSeconds:F0} s {note}    "

    /// Clears the line.
    member _.Finish() =
        if shown then
            Console.Write("\r" + String(' ', label.Length + width + 60) + "\r")
