namespace Expecto

open System
open System.Reflection

[<AutoOpen; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Tests =

    /// Fails this test.
    let inline failtest message = raise (AssertException message)

    /// Fails this test, with a formatted message.
    let inline failtestf format = Printf.ksprintf failtest format

    /// Skips this test.
    let inline skiptest message = raise (IgnoreException message)

    /// Skips this test, with a formatted message.
    let inline skiptestf format = Printf.ksprintf skiptest format

    /// A named list of tests.
    let inline testList name tests =
        TestLabel(name, TestList(tests, Normal), Normal)

    /// A named list of tests to run alone.
    let inline ftestList name tests =
        TestLabel(name, TestList(tests, Focused), Focused)

    /// A named list of tests to skip.
    let inline ptestList name tests =
        TestLabel(name, TestList(tests, Pending), Pending)

    /// A test with a name around it.
    let inline testLabel name test = TestLabel(name, test, Normal)

    let inline private case state name code =
        TestLabel(name, TestCase(code, state), state)

    /// A test case.
    let testCase name test = case Normal name (Sync test)

    /// A test case to run alone.
    let ftestCase name test = case Focused name (Sync test)

    /// A test case to skip.
    let ptestCase name test = case Pending name (Sync test)

    /// A test case that is told when its time is over.
    let testCaseWithCancel name test = case Normal name (SyncWithCancel test)

    /// A test case in an async computation.
    let testCaseAsync name test = case Normal name (Async test)

    /// An async test case to run alone.
    let ftestCaseAsync name test = case Focused name (Async test)

    /// An async test case to skip.
    let ptestCaseAsync name test = case Pending name (Async test)

    /// A test case that gives a task.
    let testCaseTask name (test: unit -> Threading.Tasks.Task<unit>) =
        case Normal name (Async(async { do! Async.AwaitTask(test ()) }))

    /// Test cases that share a parameter, each with its name.
    let inline testParam param tests =
        Seq.map (fun (name, test) -> testCase name (test param)) tests

    /// Test cases that share a fixture: setup takes each test and gives what runs.
    let inline testFixture setup tests =
        Seq.map (fun (name, test) -> testCase name (setup test)) tests

    /// One test case for each value.
    let testTheory name (cases: seq<'T>) (test: 'T -> 'R) =
        cases
        |> Seq.map (fun value -> testCase $"%A{value}" (fun () -> test value |> ignore))
        |> List.ofSeq
        |> testList name

    /// Tests that run one at a time, with no other test beside them.
    let testSequenced test = Test.Sequenced(Synchronous, test)

    /// Tests that never run at the same time as another of the same group.
    let testSequencedGroup name test =
        Test.Sequenced(SynchronousGroup name, test)

    let private members =
        BindingFlags.Public
        ||| BindingFlags.NonPublic
        ||| BindingFlags.Static
        ||| BindingFlags.DeclaredOnly

    let private stateOf (found: MemberInfo) =
        let has (attribute: Type) = found.IsDefined(attribute, true)

        if has typeof<FTestsAttribute> then Some Focused
        elif has typeof<TestsAttribute> then Some Normal
        elif has typeof<PTestsAttribute> then Some Pending
        else None

    let private valueOf (found: MemberInfo) : obj =
        match found with
        | :? PropertyInfo as property -> property.GetValue null
        | :? FieldInfo as field -> field.GetValue null
        | :? MethodInfo as method when method.GetParameters().Length = 0 -> method.Invoke(null, [||])
        | _ -> null

    /// The tests of an assembly: the values under the attributes, in the order of their full names.
    let testFromAssembly (assembly: Assembly) =
        // F# puts a value's attributes on its property and on the field behind it.
        let seen = Collections.Generic.HashSet<Test>(HashIdentity.Reference)

        let found =
            [
                for owner in assembly.GetTypes() do
                    for found in owner.GetMembers members do
                        match stateOf found with
                        | None -> ()
                        | Some state ->
                            match valueOf found with
                            | :? Test as test ->
                                if seen.Add test then
                                    $"{owner.FullName}.{found.Name}", TestList([ test ], state)
                            | _ -> failwith $"{owner.FullName}.{found.Name} is marked as tests, but is no Test."
            ]

        match found with
        | [] -> None
        | found -> Some(TestList(found |> List.sortBy fst |> List.map snd, Normal))

    let private runParsed arguments test =
        let cases = Test.toTestCodeList test

        let matches (case: FlatTest) (text: string) =
            case.fullName.Contains(text, StringComparison.OrdinalIgnoreCase)

        let chosen =
            cases
            |> List.filter (fun case -> CommandLine.filters arguments |> List.forall (matches case))

        let focused = chosen |> List.filter (fun case -> case.state = Focused)

        let doubled =
            cases
            |> List.countBy _.fullName
            |> List.filter (fun (_, count) -> count > 1)
            |> List.map fst

        if not doubled.IsEmpty then
            printfn "Two tests have one name: %s." (String.concat ", " doubled)
            1
        elif List.contains List_Tests arguments then
            chosen |> List.iter (fun case -> printfn $"{case.fullName}")
            0
        elif List.contains Fail_On_Focused_Tests arguments && not focused.IsEmpty then
            printfn "A test is focused: %s." focused.Head.fullName
            1
        else
            Runner.run (CommandLine.runOptions arguments) Console.Out chosen

    /// Runs a tree of tests and gives the exit code.
    let runTestsWithCLIArgs (cliArgs: seq<CLIArguments>) (args: string[]) (test: Test) =
        match CommandLine.parse (List.ofArray args) with
        | Ok parsed -> runParsed (List.ofSeq cliArgs @ parsed) test
        | Error message ->
            eprintfn $"{message}\n{CommandLine.usage}"
            1

    /// Runs the tests of the assembly that calls, and gives the exit code.
    [<System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)>]
    let runTestsInAssemblyWithCLIArgs (cliArgs: seq<CLIArguments>) (args: string[]) =
        match testFromAssembly (Assembly.GetEntryAssembly()) with
        | Some test -> runTestsWithCLIArgs cliArgs args test
        | None ->
            eprintfn "There are no tests in this assembly: mark a value with [<Tests>]."
            1
