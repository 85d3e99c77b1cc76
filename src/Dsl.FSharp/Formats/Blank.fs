namespace Adjoint

open System
open System.Reflection
open Adjoint.Core
open Adjoint.Front
open Microsoft.FSharp.Reflection

/// Structures that a type alone determines: tensors, and tuples and records of them. Every leaf is a zero of rank 0.
module internal Blank =

    let private access = BindingFlags.Public ||| BindingFlags.NonPublic

    let private tensor (kind: Type) : obj option =
        let dtype = DTypes.TryOf(kind.GetGenericArguments()[0])

        if dtype.HasValue then
            let leaf = Tensors.Zeros dtype.Value
            Option.ofObj (Activator.CreateInstance(kind, BindingFlags.Instance ||| access, null, [| box leaf |], null))
        else
            None

    let rec private make (kind: Type) : obj option =
        let all (kinds: Type[]) (build: obj[] -> obj) =
            let parts = kinds |> Array.map make

            if parts |> Array.forall Option.isSome then
                Some(build (parts |> Array.map Option.get))
            else
                None

        if kind.IsGenericType && kind.GetGenericTypeDefinition() = typedefof<Tensor<_>> then
            tensor kind
        elif FSharpType.IsTuple kind then
            all (FSharpType.GetTupleElements kind) (fun parts -> FSharpValue.MakeTuple(parts, kind))
        elif FSharpType.IsRecord(kind, access) then
            let kinds = FSharpType.GetRecordFields(kind, access) |> Array.map _.PropertyType
            all kinds (fun parts -> FSharpValue.MakeRecord(kind, parts, access))
        else
            None

    /// The structure of a type, or None where the type leaves something open: a length, a case, other data.
    let ofType<'P> : 'P option = make typeof<'P> |> Option.map unbox<'P>
