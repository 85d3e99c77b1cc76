namespace Adjoint

open System
open System.Collections.Generic
open System.Collections.Immutable
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Front

/// What a traced function depends on beside the values of its arguments' leaves.
[<CustomEquality; NoComparison>]
type internal Signature =
    {
        Types: TensorType[]
        Traits: Trait[]
    }

    override this.Equals other =
        match other with
        | :? Signature as other ->
            this.Types.AsSpan().SequenceEqual other.Types
            && this.Traits.Length = other.Traits.Length
            && Array.forall2 (fun (x: Trait) y -> x.Matches y) this.Traits other.Traits
        | _ -> false

    /// Whether leaves and traits are those of this signature: `Equals` without a signature of their own.
    member this.Fits(leaves: Expr[], traits: Trait[]) =
        let mutable fits = this.Types.Length = leaves.Length && this.Traits.Length = traits.Length

        let mutable i = 0

        while fits && i < leaves.Length do
            fits <- this.Types[i].Equals leaves[i].Type
            i <- i + 1

        i <- 0

        while fits && i < traits.Length do
            fits <- this.Traits[i].Matches traits[i]
            i <- i + 1

        fits

    override this.GetHashCode() =
        let mutable code = HashCode()
        this.Types |> Array.iter code.Add
        this.Traits |> Array.iter (fun item -> code.Add item.Hash)
        code.ToHashCode()

/// What was traced for a signature.
[<Sealed>]
type internal TracedFunction<'A, 'B>(signature: Signature, compiled: Compiled, lifted: Lifted<'A, 'B>) =
    member _.Signature = signature
    member _.Compiled = compiled
    member _.Lifted = lifted

/// A function of structures that is traced once for each signature.
[<Sealed>]
type internal CompiledFunction<'A, 'B>(f: 'A -> 'B, options: CompileOptions) =
    let most = 64
    let entries = Dictionary<Signature, TracedFunction<'A, 'B>>()

    /// What was called last serves again without a look into the table.
    let mutable latest: TracedFunction<'A, 'B> option = None

    let find (x: Flat<'A>) =
        let signature =
            {
                Types = x.Leaves |> Array.map _.Type
                Traits = x.Traits
            }

        lock entries (fun () ->
            match entries.TryGetValue signature with
            | true, entry -> entry
            | _ ->
                if entries.Count = most then
                    entries.Clear()

                    Diagnostics.Report
                        $"compile: a function was called with {most} different structures or types of arguments; it starts anew."

                let lifted = Lifted<'A, 'B>("compile", x.Form, f)
                let entry = TracedFunction(signature, Differential.Compile(lifted.Function, options, x.Paths), lifted)
                entries[signature] <- entry
                entry)

    let entryOf (x: Flat<'A>) =
        match latest with
        | Some entry when entry.Signature.Fits(x.Leaves, x.Traits) -> entry
        | _ ->
            let entry = find x
            latest <- Some entry
            entry

    member _.Call(x: 'A) : 'B =
        let flat = Flat.take x
        let entry = entryOf flat
        entry.Lifted.Result(entry.Compiled.Call flat.Leaves)

    /// Calls it with options for the run.
    member _.Call(x: 'A, options: RunOptions) : 'B =
        let flat = Flat.take x
        let entry = entryOf flat
        entry.Lifted.Result(entry.Compiled.Call(flat.Leaves, options))

    /// What a run on an argument of this structure does.
    member _.Explain(x: 'A) =
        let flat = Flat.take x
        (entryOf flat).Compiled.Explain(flat.Leaves |> Array.map _.Type)

/// Functions kept ready to run, and bodies that forget.
[<AutoOpen>]
module Compilation =

    /// The same function, traced once for each structure and types of its argument, and kept ready to run, from any number of threads.
    /// Several arguments are a tuple. Non-tensor data in the argument (a size, a flag) is part of the structure: another value, another trace.
    /// The function can't look at values (`value`, printing): choices are made by `where`, `Flow.cond` and `Flow.whileLoop`.
    /// Keep what this gives: `let step = compile step` once, not inside a loop.
    let compile (f: 'A -> 'B) : 'A -> 'B =
        CompiledFunction<'A, 'B>(f, CompileOptions.Default).Call

    /// `compile f` as the options say:
    ///
    ///     let step = compileWith (CompileOptions(MemoryBudget = 64L * 1024L * 1024L)) step
    ///
    /// works in at most 64 MiB besides its argument, results included: what does not fit is computed again, to the same bits. See
    /// `explainRunWith` for what that is. MemoryBudgetException: so few bytes do not do; it says how many would.
    let compileWith (options: CompileOptions) (f: 'A -> 'B) : 'A -> 'B =
        CompiledFunction<'A, 'B>(f, options).Call

    let private inPlace (compiled: CompiledFunction<'S * 'A, 'B>) : 'S -> 'A -> 'B =
        let latest = ref RunOptions.Default

        fun state x ->
            let count = (Flat.take state).Leaves.Length
            let known = latest.Value

            if known.Donated.Length = count then
                compiled.Call((state, x), known)
            else
                let options = RunOptions(Donated = ImmutableArray.CreateRange(seq { 0 .. count - 1 }))

                latest.Value <- options
                compiled.Call((state, x), options)

    /// Like `compile`, for a step that takes a state and gives the next: the memory of the old state serves the new one. So the state that was
    /// given is gone after the call, and throws when it is touched; go on with the one that came back.
    ///
    ///     let step = compileInPlace (fun state batch -> Optim.descend optimizer (loss batch) state)
    ///
    /// A tensor that stands twice in the state, or in the other argument too, stays.
    let compileInPlace (f: 'S -> 'A -> 'B) : 'S -> 'A -> 'B =
        inPlace (CompiledFunction<'S * 'A, 'B>((fun (state, x) -> f state x), CompileOptions.Default))

    /// `compileInPlace f` as the options say.
    let compileInPlaceWith (options: CompileOptions) (f: 'S -> 'A -> 'B) : 'S -> 'A -> 'B =
        inPlace (CompiledFunction<'S * 'A, 'B>((fun (state, x) -> f state x), options))

    /// What `compile f` does with an argument like this one, as text: passes, schedule, kernels with their loops, where values lie, operations,
    /// bytes and memory. Nothing runs.
    let explainRun (f: 'A -> 'B) (x: 'A) : string =
        CompiledFunction<'A, 'B>(f, CompileOptions.Default).Explain x

    /// What `compileWith options f` does with an argument like this one: the same, the budget, and what is computed again within it.
    let explainRunWith (options: CompileOptions) (f: 'A -> 'B) (x: 'A) : string =
        CompiledFunction<'A, 'B>(f, options).Explain x

    /// Runs `compile f` some times and says where the time went: print it, or ask for `Table` and `WriteTrace`. One more run comes before.
    let profileRun (times: int) (f: 'A -> 'B) (x: 'A) : Profile =
        let compiled = CompiledFunction<'A, 'B>(f, CompileOptions.Default)
        compiled.Call x |> ignore
        let profile = Profile()

        for _ in 1..times do
            compiled.Call(x, RunOptions(Profile = profile)) |> ignore

        profile

    /// The same function; reverse mode computes its intermediate values again instead of keeping them.
    let checkpoint (f: 'A -> 'B) (x: 'A) : 'B =
        let flat = Flat.take x
        let lifted = Lifted<'A, 'B>("checkpoint", flat.Form, f)
        lifted.Result((Differential.Checkpoint lifted.Function).Invoke flat.Leaves)

    /// Runs a part of a model under a name, which errors and printed graphs tell: `scope "encoder" (fun () -> ...)`.
    let scope (name: string) (body: unit -> 'R) : 'R = Scope.In(name, Func<'R>(body))

    /// The same structure; when a leaf of it is computed, its elements go to the handler of diagnostics with this label.
    let debugPrint (label: string) (x: 'P) : 'P =
        x
        |> Structure.mapPaths (fun path leaf -> Tensors.DebugPrint(leaf, (if path = "" then label else $"{label} {path}")))

    /// The same structure; when a leaf of it is computed and the condition fails anywhere, a DomainException with this message.
    let check (message: string) (condition: Tensor<bool>) (x: 'P) : 'P =
        x |> Structure.map (fun leaf -> Tensors.Check(leaf, condition.Expr, message))

    /// The only element of a tensor as a .NET number; pending work runs. `if value loss > 0.5 then ...` works inside `grad`, for that call.
    /// ShapeException: there is not exactly one element. TraceException: inside `compile` or `vmap`, where there is no value yet.
    let value (x: Tensor<'T>) : 'T =
        let found = x.Expr.Value()

        if found.Size <> 1 then
            raise (Located.Here(Adjoint.Core.ShapeException $"value: {x.Header} has {x.Size} elements, not one. Use Tensor.toArray."))

        (Host.storage<'T> found)[0]
