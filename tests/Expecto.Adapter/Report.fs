namespace Expecto

open System
open System.Collections.Generic
open System.Diagnostics
open System.IO

type internal Outcome =
    | Passed
    | Skipped of reason: string
    | Failed of message: string

/// Prints what happens as it happens, and counts. Called from several workers at once.
type internal Report(output: TextWriter, tests: FlatTest list) =
    let gate = obj ()
    let clock = Stopwatch.StartNew()

    let suite (test: FlatTest) =
        List.tryHead test.name |> Option.defaultValue "tests"

    let waiting = Dictionary<string, int>()
    let counts = Dictionary<string, int * int * int>()
    let started = Dictionary<string, TimeSpan>()

    do
        for name, count in List.countBy suite tests do
            waiting[name] <- count
            counts[name] <- (0, 0, 0)

    let write (line: string) =
        output.WriteLine line
        output.Flush()

    let indent (text: string) =
        "    " + text.TrimEnd().Replace("\r", "").Replace("\n", "\n    ")

    let summary (passed, failed, skipped) =
        let skips = if skipped = 0 then "" else $", {skipped} skipped"
        $"{passed} passed, {failed} failed{skips}"

    let total () =
        let add (a, b, c) (x, y, z) = a + x, b + y, c + z
        Seq.fold add (0, 0, 0) counts.Values

    member _.Started(test: FlatTest) =
        lock gate (fun () -> started.TryAdd(suite test, clock.Elapsed) |> ignore)

    /// Tells that a test takes long, so that a silent screen says what it is waiting for.
    member _.StillRunning(test: FlatTest, after: TimeSpan) =
        lock gate (fun () -> write $"... {test.fullName} is still running after {after.TotalSeconds:F0} s")

    member _.Finished(test: FlatTest, outcome, time: TimeSpan) =
        lock gate (fun () ->
            let name = suite test
            let passed, failed, skipped = counts[name]

            match outcome with
            | Passed -> counts[name] <- (passed + 1, failed, skipped)
            | Skipped _ -> counts[name] <- (passed, failed, skipped + 1)
            | Failed message ->
                counts[name] <- (passed, failed + 1, skipped)
                write $"FAILED {test.fullName} ({time.TotalSeconds:F2} s)\n{indent message}"

            waiting[name] <- waiting[name] - 1

            if waiting[name] = 0 then
                let start =
                    match started.TryGetValue name with
                    | true, start -> start
                    | _ -> clock.Elapsed

                write $"{name}: {summary counts[name]} ({(clock.Elapsed - start).TotalSeconds:F1} s)")

    /// Prints the last line. The exit code is 0 when something ran and nothing failed.
    member _.Close() =
        let passed, failed, skipped = total ()
        write $"{summary (passed, failed, skipped)}"
        if failed = 0 && passed > 0 then 0 else 1
