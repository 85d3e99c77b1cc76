namespace Adjoint

open System
open System.Reflection
open Microsoft.FSharp.Reflection

/// Named fields: those of a record, a tuple or a union's case.
[<Sealed>]
type internal Fields(names: string[], plans: Lazy<Plan>[], read: obj -> objnull[], make: objnull[] -> objnull) =

    member _.Collect(value: obj, path: Path, parts: Parts) =
        let items = read value

        for i in 0 .. names.Length - 1 do
            plans[i].Value.Collect(items[i], path.Field names[i], parts)

    member _.Rebuild(value: obj, leaves: LeafReader) =
        let items = read value
        make (Array.mapi (fun i item -> plans[i].Value.Rebuild(item, leaves)) items)

/// A record or a tuple.
[<Sealed>]
type internal FieldsPlan(kind: Type, fields: Fields) =
    inherit Plan()

    override _.Collect(value, path, parts) =
        match value with
        | null -> Broken.missing path kind
        | value -> fields.Collect(value, path, parts)

    override _.Rebuild(value, leaves) =
        match value with
        | null -> null
        | value -> fields.Rebuild(value, leaves)

/// A union: its case belongs to the structure, its fields are parts.
[<Sealed>]
type internal UnionPlan(kind: Type, planOf: Type -> Lazy<Plan>) =
    inherit Plan()

    static let access = BindingFlags.Public ||| BindingFlags.NonPublic
    let tagOf = FSharpValue.PreComputeUnionTagReader(kind, access)

    let cases =
        FSharpType.GetUnionCases(kind, access)
        |> Array.map (fun case ->
            let properties = case.GetFields()

            case.Name,
            Fields(
                properties |> Array.map _.Name,
                properties |> Array.map (fun property -> planOf property.PropertyType),
                FSharpValue.PreComputeUnionReader(case, access),
                FSharpValue.PreComputeUnionConstructor(case, access)
            ))

    /// Options hold null for the case without fields.
    let nullIsCase =
        kind.GetCustomAttributes<CompilationRepresentationAttribute>()
        |> Seq.exists _.Flags.HasFlag(CompilationRepresentationFlags.UseNullAsTrueValue)

    override _.Collect(value, path, parts) =
        match value with
        | null when nullIsCase -> parts.Trait(path, Case, "None")
        | null -> Broken.missing path kind
        | value ->
            let name, fields = cases[tagOf value]
            parts.Trait(path, Case, name)
            fields.Collect(value, path, parts)

    override _.Rebuild(value, leaves) =
        match value with
        | null -> null
        | value ->
            let _, fields = cases[tagOf value]
            fields.Rebuild(value, leaves)

/// A list.
[<Sealed>]
type internal ListPlan<'E>(element: Lazy<Plan>) =
    inherit Plan()

    override _.Collect(value, path, parts) =
        match value with
        | :? ('E list) as items ->
            parts.Trait(path, Length, items.Length)

            items
            |> List.iteri (fun i item -> element.Value.Collect(item, path.Element(string i), parts))
        | _ -> Broken.missing path typeof<'E list>

    override _.Rebuild(value, leaves) =
        unbox<'E list> value
        |> List.map (fun item -> unbox<'E>(element.Value.Rebuild(item, leaves)))
        |> box

/// An array of one axis.
[<Sealed>]
type internal ArrayPlan<'E>(element: Lazy<Plan>) =
    inherit Plan()

    override _.Collect(value, path, parts) =
        match value with
        | :? ('E[]) as items ->
            parts.Trait(path, Length, items.Length)

            items
            |> Array.iteri (fun i item -> element.Value.Collect(item, path.Element(string i), parts))
        | _ -> Broken.missing path typeof<'E[]>

    override _.Rebuild(value, leaves) =
        match value with
        | :? ('E[]) as items ->
            items
            |> Array.map (fun item -> unbox<'E>(element.Value.Rebuild(item, leaves)))
            |> box
        | _ -> null

/// A map: its keys belong to the structure, its values are parts.
[<Sealed>]
type internal MapPlan<'K, 'V when 'K: comparison>(element: Lazy<Plan>) =
    inherit Plan()

    override _.Collect(value, path, parts) =
        match value with
        | :? Map<'K, 'V> as items ->
            parts.Trait(path, Keys, [ for key in items.Keys -> box key ])

            for KeyValue(key, item) in items do
                element.Value.Collect(item, path.Element(string key), parts)
        | _ -> Broken.missing path typeof<Map<'K, 'V>>

    override _.Rebuild(value, leaves) =
        match value with
        | :? Map<'K, 'V> as items ->
            items
            |> Map.map (fun _ item -> unbox<'V>(element.Value.Rebuild(item, leaves)))
            |> box
        | _ -> null
