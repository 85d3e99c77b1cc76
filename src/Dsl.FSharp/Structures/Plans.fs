/// The plan of each type, made once.
module internal Adjoint.Plans

open System
open System.Collections.Concurrent
open System.Collections.Generic
open System.Reflection
open Microsoft.FSharp.Reflection

let private access = BindingFlags.Public ||| BindingFlags.NonPublic

let private isGeneric (definition: Type) (kind: Type) =
    kind.IsGenericType && kind.GetGenericTypeDefinition() = definition

let private isTensor = isGeneric typedefof<Tensor<_>>

let private isTangent = isGeneric typedefof<Tangent<_>>

let private manifoldOf (kind: Type) =
    kind.GetInterfaces() |> Array.tryFind (isGeneric typedefof<IManifold<_, _>>)

let private elementOf (kind: Type) =
    match kind.GetElementType() with
    | null -> typeof<obj>
    | element -> element

/// Types of the platform and of this library show what they hold by their type arguments alone.
let private isOfPlatform (kind: Type) =
    match kind.Assembly.GetName().Name with
    | null -> true
    | "FSharp.Core"
    | "Adjoint"
    | "Adjoint.Runtime" -> true
    | name -> name.StartsWith "System."

/// The types of the parts that a type has.
let private partsOf (kind: Type) : Type seq =
    if kind.IsArray then
        [ elementOf kind ]
    elif FSharpType.IsTuple kind then
        FSharpType.GetTupleElements kind
    elif FSharpType.IsRecord(kind, access) then
        FSharpType.GetRecordFields(kind, access) |> Seq.map _.PropertyType
    elif FSharpType.IsUnion(kind, access) then
        FSharpType.GetUnionCases(kind, access)
        |> Seq.collect (fun case -> case.GetFields() |> Seq.map _.PropertyType)
    elif kind.IsPrimitive || kind.IsEnum || kind = typeof<string> then
        []
    elif isOfPlatform kind then
        kind.GetGenericArguments()
    else
        kind.GetFields(BindingFlags.Instance ||| access) |> Seq.map _.FieldType

/// Whether values of a type hold tensors, or may, behind a part declared as obj.
/// Functions don't count: what they capture is their own.
let private holdsTensors (behindObj: bool) (kind: Type) =
    let seen = HashSet<Type>()

    let rec holds (kind: Type) =
        kind = typeof<Expr>
        || isTensor kind
        || isTangent kind
        || (behindObj && kind = typeof<obj>)
        || (seen.Add kind
            && not (FSharpType.IsFunction kind)
            && not (typeof<Delegate>.IsAssignableFrom kind)
            && Seq.exists holds (partsOf kind))

    holds kind

let private make (definition: Type) (arguments: Type[]) (parameters: obj[]) : Plan =
    match Activator.CreateInstance(definition.MakeGenericType arguments, parameters) with
    | :? Plan as plan -> plan
    | _ -> invalidOp $"{definition} is no plan."

let private known = ConcurrentDictionary<Type, Plan>()

let private namesOf (count: int) =
    Array.init count (fun i -> $"Item{i + 1}")

/// The plan of a type.
let rec ofType (kind: Type) : Plan =
    match known.TryGetValue kind with
    | true, plan -> plan
    | _ -> known.GetOrAdd(kind, build kind)

and private later (kind: Type) = lazy (ofType kind)

and private build (kind: Type) : Plan =
    match manifoldOf kind with
    | Some face -> make typedefof<ManifoldPlan<_, _>> (face.GetGenericArguments()) [| buildPlain kind |]
    | None when kind = typeof<Expr> -> ExprPlan()
    | None when isTensor kind -> make typedefof<TensorPlan<_>> (kind.GetGenericArguments()) [||]
    | None when isTangent kind -> make typedefof<TangentPlan<_>> (kind.GetGenericArguments()) [||]
    | None when holdsTensors true kind -> buildPlain kind
    | None -> ConstantPlan kind

and private buildPlain (kind: Type) : Plan =
    if isGeneric typedefof<list<_>> kind then
        make typedefof<ListPlan<_>> (kind.GetGenericArguments()) [| later (kind.GetGenericArguments()[0]) |]
    elif isGeneric typedefof<Map<_, _>> kind then
        make typedefof<MapPlan<_, _>> (kind.GetGenericArguments()) [| later (kind.GetGenericArguments()[1]) |]
    elif kind.IsSZArray then
        make typedefof<ArrayPlan<_>> [| elementOf kind |] [| later (elementOf kind) |]
    elif FSharpType.IsTuple kind then
        let kinds = FSharpType.GetTupleElements kind

        FieldsPlan(
            kind,
            Fields(
                namesOf kinds.Length,
                Array.map later kinds,
                FSharpValue.PreComputeTupleReader kind,
                FSharpValue.PreComputeTupleConstructor kind
            )
        )
    elif FSharpType.IsRecord(kind, access) then
        let properties = FSharpType.GetRecordFields(kind, access)

        FieldsPlan(
            kind,
            Fields(
                properties |> Array.map _.Name,
                properties |> Array.map (fun property -> later property.PropertyType),
                FSharpValue.PreComputeRecordReader(kind, access),
                FSharpValue.PreComputeRecordConstructor(kind, access)
            )
        )
    elif FSharpType.IsUnion(kind, access) then
        UnionPlan(kind, later)
    elif holdsTensors false kind then
        UnsupportedPlan kind
    else
        ConstantPlan kind
