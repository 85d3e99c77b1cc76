namespace Expecto

open System
open System.Diagnostics
open System.Threading

type internal RunOptions = { Workers: int; TimeLimit: TimeSpan }

module internal Runner =

    /// Stack frames of the test's own code: those of the adapter, FsCheck and the runtime tell nothing.
    let private ownFrames (error: exn) =
        let foreign =
            [
                "at Expecto."
                "at FsCheck."
                "at Microsoft.FSharp."
                "at System."
                "at <StartupCode$FsCheck"
            ]

        (string error.StackTrace).Split('\n')
        |> Array.map _.Trim()
        |> Array.filter (fun line ->
            line.StartsWith "at "
            && not (foreign |> List.exists (fun start -> line.StartsWith start)))
        |> Array.truncate 12
        |> String.concat "\n"

    let rec private describe (error: exn) =
        match error with
        | :? AggregateException as many when many.InnerExceptions.Count = 1 -> describe many.InnerExceptions[0]
        | :? FailedException -> error.Message
        | :? AssertException -> $"{error.Message}\n{ownFrames error}"
        | _ ->
            let cause =
                if isNull error.InnerException then
                    ""
                else
                    $"\ncaused by {describe error.InnerException}"

            $"{error.GetType().FullName}: {error.Message}\n{ownFrames error}{cause}"

    let private execute code (token: CancellationToken) =
        match code with
        | Sync test -> test ()
        | SyncWithCancel test -> test token
        | Async test -> Async.RunSynchronously(test, cancellationToken = token)
        | AsyncFsCheck(config, _, test) ->
            let config = defaultArg config FsCheckConfig.defaultConfig
            Async.RunSynchronously(test config, cancellationToken = token)

    let private outcomeOf code token =
        try
            execute code token
            Passed
        with
        | :? IgnoreException as skip -> Skipped skip.Message
        | error -> Failed(describe error)

    /// Runs one test on a thread of its own, so that one that hangs can be left behind and reported.
    let private runOne options (report: Report) (test: FlatTest) =
        report.Started test
        let clock = Stopwatch.StartNew()
        use finished = new ManualResetEventSlim()
        let stop = new CancellationTokenSource()
        let outcome = ref None

        let work () =
            outcome.Value <- Some(outcomeOf test.test stop.Token)

            try
                finished.Set()
            with :? ObjectDisposedException ->
                ()

        let thread = Thread(work, 16 * 1024 * 1024, IsBackground = true, Name = test.fullName)
        thread.Start()

        let rec wait () =
            let left = options.TimeLimit - clock.Elapsed

            if left <= TimeSpan.Zero then
                stop.Cancel()
                Failed $"no result after {options.TimeLimit.TotalSeconds:F0} s: the test hangs or needs a smaller case."
            elif finished.Wait(min left (TimeSpan.FromSeconds 30.0)) then
                outcome.Value.Value
            else
                report.StillRunning(test, clock.Elapsed)
                wait ()

        let result = wait ()
        report.Finished(test, result, clock.Elapsed)

    /// Tests that must not overlap form one batch; every other test is a batch of its own.
    let private batches tests =
        tests
        |> List.indexed
        |> List.groupBy (fun (index, test) ->
            match test.sequenced with
            | SynchronousGroup group -> Choice1Of2 group
            | _ -> Choice2Of2 index)
        |> List.map (snd >> List.map snd)

    /// Runs the tests: parallel ones first on the workers, then those that want to be alone.
    let run options output (tests: FlatTest list) =
        let report = Report(output, tests)
        let focus = tests |> List.exists (fun test -> test.state = Focused)

        let wanted test =
            if focus then test.state = Focused else test.state = Normal

        let chosen, left = tests |> List.partition wanted

        for test in left do
            report.Finished(test, Skipped(if test.state = Pending then "pending" else "not focused"), TimeSpan.Zero)

        let alone, together = chosen |> List.partition (fun test -> test.sequenced = Synchronous)
        let queue = Collections.Concurrent.ConcurrentQueue(batches together)

        let worker () =
            let mutable batch = []

            while queue.TryDequeue &batch do
                batch |> List.iter (runOne options report)

        let threads = [ for _ in 1 .. max 1 options.Workers -> Thread(worker, IsBackground = true) ]
        threads |> List.iter _.Start()
        threads |> List.iter _.Join()
        alone |> List.iter (runOne options report)
        report.Close()
