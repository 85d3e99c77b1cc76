/// The harness of the benchmarks: its statistics, tables and drawings, and one row from end to end. No time is asserted.
module Adjoint.LibraryTests.FigureTests

open System
open System.Collections.Generic
open System.IO
open Expecto
open Adjoint.Core
open Figures
open Figures.Limits
open Figures.Measure
open Figures.Report

let private goals =
    [|
        Goal(PeerKind.Compiler, 1.25)
        Goal(PeerKind.Hand, 1.5)
        Goal(PeerKind.Limit, 1.15)
    |]

let private row amount compiler hand limit =
    let peers =
        [|
            Peer("g++", PeerKind.Compiler, compiler)
            Peer("clang++", PeerKind.Compiler, 2.0 * compiler)
            Peer("by hand", PeerKind.Hand, hand)
            Peer("bandwidth", PeerKind.Limit, limit)
        |]

    Row("chain", 1, Unit.Time, amount, peers, goals)

let private table rows =
    Table("Chains", "A note.", Array.ofList rows)

let private statistics =
    testList
        "statistics"
        [
            testCase "median, quartiles and best of five samples in any order" (fun () ->
                let s = Statistics.Of [ 9.0; 1.0; 5.0; 3.0; 7.0 ]
                Expect.equal (s.Best, s.Low, s.Median, s.High, s.Count) (1.0, 3.0, 5.0, 7.0, 5) "of 1, 3, 5, 7, 9")

            testCase "between two samples the median lies half way" (fun () ->
                Expect.equal (Statistics.Of [ 4.0; 1.0 ]).Median 2.5 "of 1 and 4")

            testCase "every contender is run, and gets as many samples as asked" (fun () ->
                let counts = Array.zeroCreate<int> 2

                let count i =
                    Action(fun () -> counts[i] <- counts[i] + 1)

                let moment = TimeSpan.FromMilliseconds 1.0
                let effort = Effort(6, TimeSpan.Zero, moment, TimeSpan.FromMinutes 1.0)
                let times = Contest.Run([| Contender("a", count 0); Contender("b", count 1) |], effort)
                Expect.equal [ for t in times -> t.Count ] [ 6; 6 ] "samples"
                Expect.isTrue (Array.forall (fun n -> n >= 6) counts) "calls")
            testCase "a contender that times itself is believed" (fun () ->
                let effort = Effort(5, TimeSpan.FromMilliseconds 1.0, TimeSpan.Zero, TimeSpan.FromSeconds 1.0)

                let asked = List<int>()

                let timed calls =
                    asked.Add calls
                    float calls

                let contender = Contender("far", (fun () -> ()), Time = timed)
                let time = Contest.Run([| contender |], effort)[0]
                Expect.isGreaterThanOrEqual asked.Count 5 "a sample a round"
                Expect.equal time.Median (float asked[asked.Count - 1]) "what it said")
        ]

let private agreement =
    testList
        "agreement"
        [
            testCase "the gap is a share of the largest element" (fun () ->
                Expect.equal (Agreement.Gap(NDArray.Vector [| 8.0; 1.5 |], NDArray.Vector [| 8.0; 1.0 |])) 0.0625 "0.5 of 8")

            testCase "a NaN on one side alone is an infinite gap" (fun () ->
                let gap x y =
                    Agreement.Gap(NDArray.Vector [| x |], NDArray.Vector [| y |])

                Expect.equal (gap nan 1.0) infinity "actual"
                Expect.equal (gap 1.0 nan) infinity "expected"
                Expect.equal (gap nan nan) 0.0 "both")

            testCase "results that differ are refused" (fun () ->
                let compare y =
                    DisagreementException.ThrowUnless("g++", [| NDArray.Vector [| 1.0 |] |], [| NDArray.Vector [| y |] |], 1e-3)

                compare 1.0005
                Expect.throwsT<DisagreementException> (fun () -> compare 1.01) "one in a hundred")
        ]

let private report =
    testList
        "report"
        [
            testCase "ratios are over the best of a kind" (fun () ->
                let chain = row 300.0 200.0 250.0 100.0
                Expect.equal (chain.Ratio PeerKind.Compiler) (Nullable 1.5) "compiler"
                Expect.equal (chain.Ratio PeerKind.Library) (Nullable()) "there is none")

            testCase "all goals must be met, or that of the limit alone" (fun () ->
                Expect.equal ((row 120.0 100.0 100.0 10.0).Meets()) (Nullable true) "compiler and hand"
                Expect.equal ((row 120.0 100.0 70.0 10.0).Meets()) (Nullable false) "not by hand"
                Expect.equal ((row 300.0 100.0 70.0 290.0).Meets()) (Nullable true) "at the limit"
                Expect.equal (Row.Failed("chain", 1, "no").Meets()) (Nullable()) "without a figure")

            testCase "amounts have three digits and a unit" (fun () ->
                let texts =
                    [ 0.5; 12.34; 1234.0; 999_999.0; 2.5e6; 3e9 ]
                    |> List.map (fun t -> Amounts.Text(t, Unit.Time))

                Expect.equal texts [ "0.50 ns"; "12.3 ns"; "1.23 µs"; "1.00 ms"; "2.50 ms"; "3.00 s" ] "times"
                Expect.equal (Amounts.Text(1536.0, Unit.Bytes)) "1.50 KiB" "bytes")

            testCase "a table has a line a row, with ratios in brackets and the verdict" (fun () ->
                let lines =
                    (Markdown.Of(table [ row 120.0 100.0 100.0 10.0; Row.Failed("poly", 1, "it failed") ])).Trim().Split '\n'

                Expect.equal lines[lines.Length - 3] "| --- | ---: | ---: | ---: | ---: | ---: | ---: |" "rule"

                Expect.equal
                    lines[lines.Length - 2]
                    "| chain | 120 ns | 100 ns (1.20) | 200 ns (0.60) | 100 ns (1.20) | 10.0 ns (12.0) | met |"
                    "the first row"

                Expect.stringStarts lines[lines.Length - 1] "| poly | it failed |" "the second")

            testCase "a drawing marks each kind of a row, and there is none without ratios" (fun () ->
                let svg = Svg.Of(table [ row 120.0 100.0 100.0 10.0 ])
                let marks = svg.Split "fill-opacity"
                Expect.hasLength marks 4 "compiler, by hand, limit"
                Expect.isNull (Svg.Of(table [ Row.Failed("poly", 1, "it failed") ])) "nothing to draw")
        ]

let private places =
    testList
        "levels"
        [
            testCase "what fits into a cache is held there, what fits nowhere by memory" (fun () ->
                let first = Level.All[0]
                Expect.equal (Level.Holding(first.Capacity, 1)) first "one thread"
                Expect.equal (Level.Holding(2L * first.Capacity, 2)) first "each of two threads holds half"
                Expect.equal (Level.Holding(1L <<< 50, 1)).Name "memory" "a petabyte")
        ]

/// The folder of the repository, with results written elsewhere: a copy of the sources of the counterparts is enough.
let private elsewhere () =
    let folder = Directory.CreateTempSubdirectory("adjoint-figures-").FullName
    let natives = Path.Combine(folder, "benchmarks", "Native")
    Directory.CreateDirectory natives |> ignore

    for file in Directory.GetFiles(Path.Combine(Repository.Root, "benchmarks", "Native")) do
        File.Copy(file, Path.Combine(natives, Path.GetFileName file))

    folder

let private whole =
    testList
        "command"
        [
            testCase "one row from end to end: a page with its table, and a drawing" (fun () ->
                let folder = elsewhere ()

                try
                    use output = new StringWriter()
                    let code = Program.Run([| "--quick"; "--only"; "select f32[1,000]" |], folder, output)
                    Expect.equal code 0 (string output)
                    let page = File.ReadAllText(Path.Combine(folder, "out", "benchmarks", "benchmarks.md"))
                    Expect.stringContains page "| select f32[1,000] |" "the row"
                    Expect.stringContains page "## Limits of the machine" "limits"
                finally
                    Directory.Delete(folder, true))

            testCase "an unknown argument prints what there is" (fun () ->
                use output = new StringWriter()
                Expect.equal (Program.Run([| "--loud" |], "", output)) 1 "code"
                Expect.stringContains (string output) "--only NAME" "help")

            testCase "names of rows are listed, each once" (fun () ->
                use output = new StringWriter()
                Expect.equal (Program.Run([| "--list" |], "", output)) 0 "code"
                let names = (string output).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                Expect.equal (HashSet names).Count names.Length "names")
        ]

[<Tests>]
let tests = testList "figures" [ statistics; agreement; report; places; whole ]
