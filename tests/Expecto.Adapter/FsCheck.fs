namespace Expecto

open FsCheck

[<AutoOpen; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module ExpectoFsCheck =

    let private arguments values =
        values |> List.map (sprintf "%A") |> String.concat "\n"

    /// What a failed property tells: the smallest case, where it came from, and how to run it again.
    let private describe name (data: TestData) original shrunk (outcome: FsCheck.Outcome) (seed: Rnd) =
        let shrinks =
            if data.NumberOfShrinks = 0 then
                ""
            else
                $"\nshrunk {data.NumberOfShrinks} times from\n{arguments original}"

        let reason =
            match outcome with
            | Outcome.Failed error -> $"\n{error.GetType().Name}: {error.Message}"
            | _ -> ""

        let labels =
            if data.Labels.IsEmpty then
                ""
            else
                "\nlabels: " + String.concat "; " data.Labels

        $"false for case {data.NumberOfTests}:\n{arguments shrunk}{shrinks}{reason}{labels}\n"
        + $"replay: etestProperty ({seed.Seed}UL, {seed.Gamma}UL) \"{name}\""

    let private runner (config: FsCheckConfig) name =
        { new IRunner with
            member _.OnStartFixture _ = ()

            member _.OnArguments(number, values, _) =
                config.receivedArgs config name number values |> Async.RunSynchronously

            member _.OnShrink(values, _) =
                config.successfulShrink config name values |> Async.RunSynchronously

            member _.OnFinished(_, result) =
                config.finishedTest config name |> Async.RunSynchronously

                match result with
                | TestResult.Passed _ -> ()
                | TestResult.Failed(_, _, _, Outcome.Failed(:? IgnoreException as skip), _, _, _) -> raise skip
                | TestResult.Failed(data, original, shrunk, outcome, seed, _, _) ->
                    raise (FailedException(describe name data original shrunk outcome seed))
                | TestResult.Exhausted data -> raise (FailedException $"too few cases met the condition: {data.NumberOfTests} did.")
        }

    /// On a build server (CI=true) a property draws the cases of its name, so that a change is judged by the same cases in every run
    /// (FNV-1a; SplitMix's gamma is odd). Elsewhere each run draws new ones.
    let private seedOf (name: string) =
        if System.Environment.GetEnvironmentVariable "CI" = "true" then
            let hash =
                (14695981039346656037UL, name)
                ||> Seq.fold (fun hash letter -> (hash ^^^ uint64 letter) * 1099511628211UL)

            Some(hash, hash ||| 1UL)
        else
            None

    let private check property name (config: FsCheckConfig) =
        async {
            let replay =
                config.replay
                |> Option.orElseWith (fun () -> seedOf name)
                |> Option.map (fun (seed, gamma) -> { Rnd = Rnd(seed, gamma); Size = None })

            let settings =
                Config.Quick
                    .WithName(name)
                    .WithMaxTest(config.maxTest)
                    .WithMaxRejected(max 1000 (10 * config.maxTest))
                    .WithStartSize(config.startSize)
                    .WithEndSize(config.endSize)
                    .WithQuietOnSuccess(true)
                    .WithArbitrary(config.arbitrary)
                    .WithReplay(replay)
                    .WithRunner(runner config name)

            Check.One(settings, property)
        }

    let private propertyTest state config name property =
        TestLabel(name, TestCase(AsyncFsCheck(config, config, check property name), state), state)

    /// A property that must hold for every case that FsCheck draws.
    let testProperty name property = propertyTest Normal None name property

    /// A property to skip.
    let ptestProperty name property = propertyTest Pending None name property

    /// A property to run alone.
    let ftestProperty name property = propertyTest Focused None name property

    /// A property to run alone, from the seed that a failure printed.
    let etestProperty stdGen name property =
        let config =
            { FsCheckConfig.defaultConfig with
                replay = Some stdGen
            }

        propertyTest Focused (Some config) name property

    /// A property checked as the configuration says.
    let testPropertyWithConfig config name property =
        propertyTest Normal (Some config) name property

    /// A property with a configuration, to skip.
    let ptestPropertyWithConfig config name property =
        propertyTest Pending (Some config) name property

    /// A property with a configuration, to run alone.
    let ftestPropertyWithConfig config name property =
        propertyTest Focused (Some config) name property

    /// A property with a configuration, to run alone from the seed that a failure printed.
    let etestPropertyWithConfig stdGen config name property =
        propertyTest Focused (Some { config with replay = Some stdGen }) name property

    /// A property that draws the same cases in every run.
    let testPropertyWithConfigStdGen stdGen config name property =
        propertyTest Normal (Some { config with replay = Some stdGen }) name property
