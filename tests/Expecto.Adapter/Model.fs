namespace Expecto

open System
open System.Threading

/// How a property is checked: the fields of Expecto's record of this name.
type FsCheckConfig =
    {
        /// The number of cases that must pass.
        maxTest: int
        /// The size of the first case; sizes grow from here to endSize.
        startSize: int
        endSize: int
        /// Seed and gamma of a run to repeat, as a failure prints them.
        replay: (uint64 * uint64) option
        /// Types with static members that give arbitrary instances; the first one wins.
        arbitrary: Type list
        /// Called with the test's name, the case's number and its arguments.
        receivedArgs: FsCheckConfig -> string -> int -> obj list -> Async<unit>
        /// Called with the test's name and the smaller arguments that still fail.
        successfulShrink: FsCheckConfig -> string -> obj list -> Async<unit>
        finishedTest: FsCheckConfig -> string -> Async<unit>
    }

    static member defaultConfig =
        {
            maxTest = 200
            startSize = 1
            endSize = 100
            replay = None
            arbitrary = []
            receivedArgs = fun _ _ _ _ -> async.Return()
            successfulShrink = fun _ _ _ -> async.Return()
            finishedTest = fun _ _ -> async.Return()
        }

/// What a test does.
type TestCode =
    | Sync of stest: (unit -> unit)
    | SyncWithCancel of stest: (CancellationToken -> unit)
    | Async of atest: Async<unit>
    | AsyncFsCheck of testConfig: FsCheckConfig option * stressConfig: FsCheckConfig option * test: (FsCheckConfig -> Async<unit>)

/// Pending tests are skipped; as soon as one test is focused, only focused tests run.
type FocusState =
    | Normal
    | Pending
    | Focused

/// Which tests may run at the same time.
type SequenceMethod =
    | Synchronous
    | SynchronousGroup of string
    | InParallel

/// A tree of tests.
type Test =
    | TestCase of code: TestCode * state: FocusState
    | TestList of tests: Test list * state: FocusState
    | TestLabel of label: string * test: Test * state: FocusState
    | Sequenced of SequenceMethod * Test

type ExpectoException(message) =
    inherit Exception(message)

type AssertException(message) =
    inherit ExpectoException(message)

type FailedException(message) =
    inherit ExpectoException(message)

type IgnoreException(message) =
    inherit ExpectoException(message)

/// Marks a value of type Test that belongs to the assembly's tests.
[<AttributeUsage(AttributeTargets.Method ||| AttributeTargets.Property ||| AttributeTargets.Field)>]
type TestsAttribute() =
    inherit Attribute()

/// Marks tests to skip.
[<AttributeUsage(AttributeTargets.Method ||| AttributeTargets.Property ||| AttributeTargets.Field)>]
type PTestsAttribute() =
    inherit Attribute()

/// Marks tests to focus on.
[<AttributeUsage(AttributeTargets.Method ||| AttributeTargets.Property ||| AttributeTargets.Field)>]
type FTestsAttribute() =
    inherit Attribute()

/// A test case cut out of its tree.
type FlatTest =
    {
        name: string list
        test: TestCode
        state: FocusState
        sequenced: SequenceMethod
    }

    member this.fullName = String.concat "." this.name

[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Test =

    let private childState parent child =
        match parent, child with
        | Pending, _
        | _, Pending -> Pending
        | Focused, _ -> Focused
        | Normal, child -> child

    /// The cases of a tree, in order, each with its full name and the state that its parents give it.
    let toTestCodeList test =
        let rec walk name state sequenced test =
            match test with
            | TestCase(code, own) ->
                [
                    {
                        name = List.rev name
                        test = code
                        state = childState state own
                        sequenced = sequenced
                    }
                ]
            | TestList(tests, own) -> List.collect (walk name (childState state own) sequenced) tests
            | TestLabel(label, test, own) -> walk (label :: name) (childState state own) sequenced test
            | Sequenced(method, test) -> walk name state method test

        walk [] Normal InParallel test
