/// Which type of a compiled assembly uses which: read from metadata and IL, without loading the assembly.
module Adjoint.Properties.Arrows

open System
open System.Collections.Immutable
open System.IO
open System.Reflection.Emit
open System.Reflection.Metadata
open System.Reflection.Metadata.Ecma335
open System.Reflection.PortableExecutable

/// A type, and another that it names: in a signature, a base type, a constraint, an attribute or a method's body.
type Arrow = { From: string; To: string }

type private Types = TypeDefinitionHandle list

/// Decodes a signature to the types of this assembly that stand in it.
let private provider (decodeSpecification: TypeSpecificationHandle -> Types) =
    { new ISignatureTypeProvider<Types, unit> with
        member _.GetTypeFromDefinition(_, handle, _) = [ handle ]
        member _.GetTypeFromReference(_, _, _) = []
        member _.GetTypeFromSpecification(_, _, handle, _) = decodeSpecification handle
        member _.GetPrimitiveType _ = []
        member _.GetArrayType(element, _) = element
        member _.GetSZArrayType element = element
        member _.GetByReferenceType element = element
        member _.GetPointerType element = element
        member _.GetPinnedType element = element
        member _.GetModifiedType(modifier, unmodified, _) = modifier @ unmodified
        member _.GetGenericInstantiation(generic, arguments) = generic @ List.concat arguments
        member _.GetGenericMethodParameter(_, _) = []
        member _.GetGenericTypeParameter(_, _) = []

        member _.GetFunctionPointerType signature =
            signature.ReturnType @ List.concat signature.ParameterTypes
    }

let private opCodes =
    typeof<OpCodes>.GetFields()
    |> Array.map (fun field -> field.GetValue null :?> OpCode)
    |> Array.map (fun code -> uint16 code.Value, code)
    |> dict

/// The metadata tokens in a method's body.
let private bodyTokens (il: ImmutableArray<byte>) =
    let bytes = il.AsSpan().ToArray()
    let tokens = ResizeArray<int>()
    let mutable at = 0

    while at < bytes.Length do
        let wide = bytes[at] = 0xFEuy

        let value =
            if wide then
                0xFE00us ||| uint16 bytes[at + 1]
            else
                uint16 bytes[at]

        at <- at + (if wide then 2 else 1)

        at <-
            at
            + match opCodes[value].OperandType with
              | OperandType.InlineNone -> 0
              | OperandType.ShortInlineBrTarget
              | OperandType.ShortInlineI
              | OperandType.ShortInlineVar -> 1
              | OperandType.InlineVar -> 2
              | OperandType.InlineI8
              | OperandType.InlineR -> 8
              | OperandType.InlineSwitch -> 4 + 4 * BitConverter.ToInt32(bytes, at)
              | OperandType.InlineField
              | OperandType.InlineMethod
              | OperandType.InlineTok
              | OperandType.InlineType ->
                  tokens.Add(BitConverter.ToInt32(bytes, at))
                  4
              | _ -> 4

    tokens

type private Scan(pe: PEReader) =
    let reader = pe.GetMetadataReader()

    let rec decodeSpecification (handle: TypeSpecificationHandle) : Types =
        reader.GetTypeSpecification(handle).DecodeSignature(provider decodeSpecification, ())

    let decode = provider decodeSpecification

    let ofMethod (signature: MethodSignature<Types>) =
        signature.ReturnType @ List.concat signature.ParameterTypes

    let ofMethodDefinition handle =
        let method = reader.GetMethodDefinition handle
        method.GetDeclaringType() :: ofMethod (method.DecodeSignature(decode, ()))

    let ofField handle =
        let field = reader.GetFieldDefinition handle
        field.GetDeclaringType() :: field.DecodeSignature(decode, ())

    let rec ofEntity (entity: EntityHandle) : Types =
        match entity.Kind with
        | _ when entity.IsNil -> []
        | HandleKind.TypeDefinition -> [ TypeDefinitionHandle.op_Explicit entity ]
        | HandleKind.TypeSpecification -> decodeSpecification (TypeSpecificationHandle.op_Explicit entity)
        | HandleKind.MethodDefinition -> ofMethodDefinition (MethodDefinitionHandle.op_Explicit entity)
        | HandleKind.FieldDefinition -> ofField (FieldDefinitionHandle.op_Explicit entity)
        | HandleKind.MethodSpecification ->
            let instance = reader.GetMethodSpecification(MethodSpecificationHandle.op_Explicit entity)
            ofEntity instance.Method @ List.concat (instance.DecodeSignature(decode, ()))
        | HandleKind.MemberReference ->
            let reference = reader.GetMemberReference(MemberReferenceHandle.op_Explicit entity)

            let signature =
                if reference.GetKind() = MemberReferenceKind.Method then
                    ofMethod (reference.DecodeMethodSignature(decode, ()))
                else
                    reference.DecodeFieldSignature(decode, ())

            ofEntity reference.Parent @ signature
        | _ -> []

    let ofAttributes (attributes: CustomAttributeHandleCollection) =
        [
            for handle in attributes do
                yield! ofEntity (reader.GetCustomAttribute handle).Constructor
        ]

    let ofParameters (parameters: GenericParameterHandleCollection) =
        [
            for handle in parameters do
                for constraintHandle in (reader.GetGenericParameter handle).GetConstraints() do
                    yield! ofEntity (reader.GetGenericParameterConstraint constraintHandle).Type
        ]

    let ofBody (method: MethodDefinition) =
        if method.RelativeVirtualAddress = 0 then
            []
        else
            let body = pe.GetMethodBody method.RelativeVirtualAddress

            let locals =
                if body.LocalSignature.IsNil then
                    []
                else
                    let signature = reader.GetStandaloneSignature body.LocalSignature
                    List.concat (signature.DecodeLocalSignature(decode, ()))

            let caught = [ for region in body.ExceptionRegions -> ofEntity region.CatchType ]

            let used =
                [
                    for token in bodyTokens (body.GetILContent()) -> MetadataTokens.EntityHandle token
                ]

            locals @ List.concat caught @ List.collect ofEntity used

    let rec outermost handle =
        let definition = reader.GetTypeDefinition handle

        if definition.GetDeclaringType().IsNil then
            $"{reader.GetString definition.Namespace}.{reader.GetString definition.Name}"
        else
            outermost (definition.GetDeclaringType())

    let usedBy (definition: TypeDefinition) =
        [
            yield! ofEntity definition.BaseType
            yield! ofAttributes (definition.GetCustomAttributes())
            yield! ofParameters (definition.GetGenericParameters())

            for handle in definition.GetInterfaceImplementations() do
                yield! ofEntity (reader.GetInterfaceImplementation handle).Interface

            for handle in definition.GetFields() do
                yield! ofField handle
                yield! ofAttributes ((reader.GetFieldDefinition handle).GetCustomAttributes())

            for handle in definition.GetMethods() do
                let method = reader.GetMethodDefinition handle
                yield! ofMethodDefinition handle
                yield! ofAttributes (method.GetCustomAttributes())
                yield! ofParameters (method.GetGenericParameters())
                yield! ofBody method
        ]

    member _.Arrows() =
        [
            for handle in reader.TypeDefinitions do
                for used in List.distinct (usedBy (reader.GetTypeDefinition handle)) do
                    {
                        From = outermost handle
                        To = outermost used
                    }
        ]

/// The arrows of an assembly. A nested type counts as the type around it.
let ofAssembly (path: string) =
    use file = File.OpenRead path
    use pe = new PEReader(file)

    Scan(pe).Arrows()
    |> List.distinct
    |> List.filter (fun arrow -> arrow.From <> arrow.To)
