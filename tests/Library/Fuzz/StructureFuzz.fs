/// Random structures through everything that takes them: leaves come and go in order, derivatives have the structure of their
/// argument, and data that does not fit is refused with an error of the family.
module Adjoint.LibraryTests.Fuzz.StructureFuzz

open System
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Front
open Adjoint.LibraryTests.Fuzz

let private isFloating (leaf: Expr) = leaf.Type.HasTangent

let private same what (left: Expr list) (right: Expr list) =
    Expect.equal left.Length right.Length $"{what}: as many leaves"

    List.iter2
        (fun (x: Expr) (y: Expr) ->
            Expect.equal y.Type x.Type $"{what}: the same types"
            Expect.equal (y.Value().ToDoubles()) (x.Value().ToDoubles()) $"{what}: the same numbers")
        left
        right

/// The sum of the squares of all floating leaves.
let private loss (structure: 'P) : Tensor<float> =
    Structure.fold
        (fun sum (leaf: Expr) ->
            if isFloating leaf then
                let wide = leaf.Cast DType.F64
                sum + Tensor.ofExpr ((wide * wide).Sum())
            else
                sum)
        (Tensor.scalar 0.0)
        structure

let private twice (structure: 'P) : 'P =
    Structure.map (fun leaf -> leaf + leaf) structure

let private refused what (action: unit -> unit) =
    try
        action ()
        failtest $"{what} is taken"
    with
    | :? AssertException -> reraise ()
    | :? AdjointException as error -> Expect.isGreaterThan error.Message.Length 20 $"{what}: a message"
    | error -> failtest $"{what}: {error}"

/// Everything that is held against one value.
type private Laws =
    static member Hold<'P>(value: obj) : unit =
        let x = value :?> 'P
        let leaves = Structure.leaves x
        let paths = Structure.paths x
        Expect.equal paths.Length leaves.Length "as many paths"
        Expect.hasLength (List.distinct paths) paths.Length "paths differ"
        same "rebuilt" leaves (Structure.leaves (Structure.withLeaves leaves x))
        same "mapped" leaves (Structure.leaves (Structure.map id x))
        let expected = leaves |> List.map (fun leaf -> leaf + leaf)
        same "twice" expected (Structure.leaves (twice x))

        if leaves.IsEmpty then
            refused "a gradient in nothing" (fun () -> grad loss x |> ignore)
        else
            same "compiled" expected (Structure.leaves (compile twice x))
            same "vmap" expected (Structure.leaves (vmap twice x))
            refused "a leaf too many" (fun () -> Structure.withLeaves (leaves @ [ leaves.Head ]) x |> ignore)
            refused "a leaf too few" (fun () -> Structure.withLeaves leaves.Tail x |> ignore)

            if List.exists isFloating leaves then
                let slope = leaves |> List.map (fun leaf -> if isFloating leaf then leaf + leaf else leaf)
                same "gradient" slope (Structure.leaves (grad loss x))
                same "compiled gradient" slope (Structure.leaves (compile (grad loss) x))
            else
                refused "a gradient in integers" (fun () -> grad loss x |> ignore)

    /// Two values of one type: either they agree in structure, or the first difference is named.
    static member Meet<'P>(first: obj, second: obj) : unit =
        let x, y = first :?> 'P, second :?> 'P

        let add () = Structure.map2 (fun a b -> a + b) x y

        if Structure.paths x = Structure.paths y then
            try
                Expect.hasLength (Structure.leaves (add ())) (Structure.leaves x).Length "as many leaves"
            with :? StructureException ->
                // Cases or data beside the leaves differ.
                ()
        else
            Expect.throwsT<StructureException> (add >> ignore) "the difference is named"

let private invoke (name: string) (kind: Type) (arguments: obj[]) =
    let flags =
        Reflection.BindingFlags.Static
        ||| Reflection.BindingFlags.NonPublic
        ||| Reflection.BindingFlags.Public

    try
        typeof<Laws>.GetMethod(name, flags).MakeGenericMethod(kind).Invoke(null, arguments)
        |> ignore
    with :? Reflection.TargetInvocationException as error ->
        let told =
            if error.InnerException :? AssertException then
                error.InnerException.Message
            else
                string error.InnerException

        failtest $"{kind}\n{told}"

let private cases =
    let arguments = Environment.GetCommandLineArgs()

    match Array.tryFindIndex ((=) "--cases") arguments with
    | Some at when at + 1 < arguments.Length -> 150 * max 1 (int arguments[at + 1])
    | _ -> 150

[<Tests>]
let tests =
    testList
        "fuzzed structures"
        [
            testCase "random types and values" (fun () ->
                for seed in 1..cases do
                    let random = Random seed
                    let kind = RandomStructures.draw random 3
                    let value () = RandomStructures.fill random [ 2 ] kind
                    let first = value ()
                    invoke "Hold" kind [| first |]
                    invoke "Meet" kind [| first; value () |])
        ]
