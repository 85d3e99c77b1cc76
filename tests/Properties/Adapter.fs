/// The runner behind Expecto's vocabulary: what it reports, and that it can fail.
module Adjoint.Properties.Adapter

open System
open System.IO
open System.Threading
open Expecto

/// Runs tests inside this test: the exit code and the lines printed.
let private runLines options test =
    use output = new StringWriter()
    let code = Runner.run options output (Test.toTestCodeList test)
    code, output.ToString().TrimEnd().Split '\n' |> Array.map _.TrimEnd()

let private quick =
    {
        Workers = 2
        TimeLimit = TimeSpan.FromSeconds 60.0
    }

let private lastLine tests =
    let code, lines = runLines quick (testList "inner" tests)
    code, Array.last lines

let private pass name = testCase name ignore

let private running =
    testList
        "running"
        [
            testCase "the last line counts" (fun () ->
                Expect.equal (lastLine [ pass "a"; pass "b" ]) (0, "2 passed, 0 failed") "all pass"

                Expect.equal
                    (lastLine [ pass "a"; testCase "b" (fun () -> failtest "no"); ptestCase "c" ignore ])
                    (1, "1 passed, 1 failed, 1 skipped")
                    "one of each")

            testCase "nothing run is a failure" (fun () ->
                Expect.equal (lastLine []) (1, "0 passed, 0 failed") "no tests"
                Expect.equal (lastLine [ ptestCase "a" ignore ]) (1, "0 passed, 0 failed, 1 skipped") "all pending")

            testCase "a failure prints its full name and message" (fun () ->
                let failing = testList "list" [ testCase "case" (fun () -> Expect.equal 1 2 "one is two") ]
                let _, lines = runLines quick (testList "top" [ failing ])
                Expect.stringStarts lines[0] "FAILED top.list.case (" "name"
                Expect.stringContains lines[1] "one is two" "message"
                Expect.stringContains (String.concat "\n" lines) "top: 0 passed, 1 failed (" "progress")

            testCase "a focused test leaves out the others" (fun () ->
                let tests = [ testCase "a" (fun () -> failtest "no"); ftestCase "b" ignore ]
                Expect.equal (lastLine tests) (0, "1 passed, 0 failed, 1 skipped") "focus")

            testCase "skiptest skips" (fun () ->
                let tests = [ pass "a"; testCase "b" (fun () -> skiptest "not here") ]
                Expect.equal (lastLine tests) (0, "1 passed, 0 failed, 1 skipped") "skip")

            testCase "a hang is a failure" (fun () ->
                let limit =
                    { quick with
                        TimeLimit = TimeSpan.FromSeconds 0.2
                    }

                let hang = testCase "hang" (fun () -> Thread.Sleep Timeout.Infinite)
                let code, lines = runLines limit (testList "inner" [ hang; pass "a" ])
                Expect.equal (code, Array.last lines) (1, "1 passed, 1 failed") "counted"
                Expect.exists lines (fun line -> line.Contains "the test hangs") "named")

            testCase "sequenced tests never overlap" (fun () ->
                let inside = ref 0

                let alone name =
                    testCase name (fun () ->
                        Expect.equal (Interlocked.Increment inside) 1 "alone"
                        Thread.Sleep 5
                        Interlocked.Decrement inside |> ignore)

                let names = [ for i in 1..8 -> $"{i}" ]
                let grouped = testSequencedGroup "g" (testList "inner" (List.map alone names))
                let single = testSequenced (testList "inner" (List.map alone names))
                Expect.equal (fst (runLines quick grouped)) 0 "group"
                Expect.equal (fst (runLines quick single)) 0 "sequenced")

            testCaseAsync "async tests run" (async { do! Async.Sleep 1 })
            testTheory "theories run each value" [ 1; 2; 3 ] (fun i -> Expect.isLessThan i 4 "value")
        ]

let private properties =
    testList
        "properties"
        [
            testProperty "reversing twice" (fun (values: int list) -> List.rev (List.rev values) = values)

            testCase "a failure shows the shrunk case and how to replay it" (fun () ->
                let small = testProperty "small" (fun (n: int) -> abs n < 10)
                let _, lines = runLines quick (testList "inner" [ small ])
                let text = String.concat "\n" lines
                Expect.isMatch text @"\n\s+-?10\n" "shrunk"
                Expect.isMatch text "replay: etestProperty \\(\\d+UL, \\d+UL\\) \"small\"" "replay")

            testCase "a replay draws the same cases" (fun () ->
                let drawn () =
                    let seen = ResizeArray<int>()
                    let config = FsCheckConfig.defaultConfig
                    let test = testPropertyWithConfigStdGen (3UL, 5UL) config "same" (fun (n: int) -> seen.Add n)
                    runLines quick test |> ignore
                    List.ofSeq seen

                let first = drawn ()
                Expect.isGreaterThan first.Length 100 "many cases"
                Expect.equal (drawn ()) first "same seed")
        ]

let private commandLine =
    testList
        "command line"
        [
            testCase "options are read" (fun () ->
                Expect.equal
                    (CommandLine.parse [ "--filter"; "a b"; "--sequenced" ])
                    (Ok [ Filter "a b"; CLIArguments.Sequenced ])
                    "options")

            testTheory "what makes no sense is refused" [ [ "--filter" ]; [ "--nope" ]; [ "--time-limit"; "-1" ] ] (fun args ->
                Expect.isError (CommandLine.parse args) "refused")
        ]

let private fails f message =
    Expect.throwsT<AssertException> f message

let private expectations =
    testList
        "expectations"
        [
            testCase "equality" (fun () ->
                Expect.equal [ 1; 2 ] [ 1; 2 ] "same"
                fails (fun () -> Expect.equal [ 1 ] [ 2 ] "") "differs"
                fails (fun () -> Expect.equal "abc" "abd" "") "strings differ"
                fails (fun () -> Expect.notEqual 1 1 "") "same")

            testCase "floats" (fun () ->
                Expect.floatClose Accuracy.medium 1.0 (1.0 + 1e-6) "close"
                fails (fun () -> Expect.floatClose Accuracy.high 1.0 (1.0 + 1e-6) "") "apart"
                fails (fun () -> Expect.floatClose Accuracy.low nan 1.0 "") "NaN is close to nothing"
                fails (fun () -> Expect.floatClose Accuracy.low infinity infinity "") "infinity")

            testCase "order" (fun () ->
                Expect.isLessThan 1 2 "less"
                fails (fun () -> Expect.isLessThan nan 1.0 "") "NaN is not less"
                fails (fun () -> Expect.isGreaterThanOrEqual 1 2 "") "not greater")

            testCase "sequences" (fun () ->
                Expect.sequenceEqual [ 1; 2 ] [| 1; 2 |] "same"
                fails (fun () -> Expect.sequenceEqual [ 1 ] [ 1; 2 ] "") "shorter"
                fails (fun () -> Expect.containsAll [ 1 ] [ 2 ] "") "missing"
                fails (fun () -> Expect.hasLength [ 1 ] 2 "") "length")

            testCase "exceptions" (fun () ->
                Expect.throws (fun () -> failwith "x") "throws"
                Expect.throwsC (fun () -> failwith "x") (fun error -> Expect.equal error.Message "x" "message")
                fails (fun () -> Expect.throws ignore "") "does not throw"
                fails (fun () -> Expect.throwsT<ArgumentException> (fun () -> failwith "x") "") "another type")
        ]

[<Tests>]
let tests = testList "adapter" [ running; properties; commandLine; expectations ]
