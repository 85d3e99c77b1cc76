/// Writes the functions of the loop language as C#: one file a function, in vectors and in single numbers, for src/Runtime.CSharp/Kernels/Generated.
module Adjoint.Properties.Functions.KernelText

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open System.Text
open Adjoint.Core
open Adjoint.Loops

/// Functions that Kernels has for every type of number already, as single instructions of the processor.
let private elsewhere = set [ "sqrt"; "rsqrt"; "sign" ]

/// The functions that have a file.
let functions =
    LoopFunctions.All
    |> Seq.filter (fun f -> not (elsewhere.Contains f.Name))
    |> Seq.groupBy _.Name
    |> Seq.map (fun (name, both) -> name, List.ofSeq both)
    |> List.ofSeq

/// erf_inv as ErfInvFunction.
let private pascal (name: string) =
    name.Split '_'
    |> Array.map (fun part -> part.Substring(0, 1).ToUpperInvariant() + part.Substring 1)
    |> String.concat ""
    |> fun words -> words + "Function"

let private host =
    function
    | DType.F32 -> "float"
    | DType.F64 -> "double"
    | DType.I32 -> "int"
    | DType.U32 -> "uint"
    | DType.I64 -> "long"
    | DType.U64 -> "ulong"
    | DType.Bool -> "bool"
    | other -> failwith $"{other} is not computed with."

/// How one form of a function, in vectors or in single numbers, is written.
type private Form = { Vector: bool; Real: DType }

let private maskOf form =
    if form.Real = DType.F32 then "int" else "long"

let private element form (kind: DType) =
    if kind = DType.Bool && form.Vector then
        maskOf form
    else
        host kind

let private typeOf form kind =
    let name = element form kind
    if form.Vector then $"Vector<{name}>" else name

let private literal (number: Scalar) =
    let culture = CultureInfo.InvariantCulture

    match number.Type with
    | DType.F32
    | DType.F64 ->
        let kind, suffix =
            if number.Type = DType.F32 then
                "float", "f"
            else
                "double", ""

        let value = number.AsDouble

        if Double.IsNaN value then
            $"{kind}.NaN"
        elif Double.IsPositiveInfinity value then
            $"{kind}.PositiveInfinity"
        elif Double.IsNegativeInfinity value then
            $"{kind}.NegativeInfinity"
        elif number.Type = DType.F32 then
            (float32 value).ToString("R", culture) + suffix
        else
            let text = value.ToString("R", culture)

            if text |> Seq.exists (fun c -> c = '.' || c = 'E') then
                text
            else
                text + ".0"
    | DType.Bool -> if number.Bits <> 0UL then "true" else "false"
    | DType.U32 -> String.Format(culture, "0x{0:X}u", number.Bits)
    | DType.U64 -> String.Format(culture, "0x{0:X}ul", number.Bits)
    | _ -> number.ToString()

let private constant form (number: Scalar) =
    if form.Vector then
        $"new {typeOf form number.Type}({literal number})"
    else
        literal number

let private comparison form (kind: DType) (name: string) (symbol: string) (x: string) (y: string) =
    if not form.Vector then
        $"{x} {symbol} {y}"
    else
        let plain = $"Vector.{name}({x}, {y})"

        match kind with
        | DType.U32
        | DType.U64 -> $"Vector.As<{host kind}, {maskOf form}>({plain})"
        | _ -> plain

let private select form (kind: DType) (test: string) x y =
    if not form.Vector then
        $"{test} ? {x} : {y}"
    elif kind.IsFloating() || kind = DType.Bool then
        $"Vector.ConditionalSelect({test}, {x}, {y})"
    else
        $"Vector.ConditionalSelect(Vector.As<{maskOf form}, {host kind}>({test}), {x}, {y})"

let private bitcast form (source: DType) (target: DType) x =
    if form.Vector then
        $"Vector.As<{host source}, {host target}>({x})"
    else
        match source, target with
        | DType.F32, DType.U32 -> $"BitConverter.SingleToUInt32Bits({x})"
        | DType.U32, DType.F32 -> $"BitConverter.UInt32BitsToSingle({x})"
        | DType.F64, DType.U64 -> $"BitConverter.DoubleToUInt64Bits({x})"
        | DType.U64, DType.F64 -> $"BitConverter.UInt64BitsToDouble({x})"
        | _ -> $"({host target}){x}"

/// A function of the base library with a form in vectors and one in Math or MathF.
let private library form (kind: DType) name arguments =
    let arguments = String.concat ", " (arguments: string list)

    if form.Vector then $"Vector.{name}({arguments})"
    elif kind = DType.F32 then $"MathF.{name}({arguments})"
    else $"Math.{name}({arguments})"

let private convert form (source: DType) (target: DType) x =
    match form.Vector, source, target with
    | false, _, _ -> $"({host target}){x}"
    | true, DType.I32, DType.F32 -> $"Vector.ConvertToSingle({x})"
    | _ -> failwith $"No vector conversion from {source} to {target} is written."

/// The C# of an instruction; operands are names or literals.
let private expression form (value: LoopValue) (x: string list) =
    let kind = value.Operands[0].Type

    let infix symbol = $"{x[0]} {symbol} {x[1]}"

    let shift symbol =
        let by = value.Operands[1]

        if form.Vector && not by.IsConstant then
            failwith "Vectors are shifted by constants."

        let count =
            if by.IsConstant then
                string by.Constant.Bits
            else
                $"(int){x[1]}"

        $"{x[0]} {symbol} {count}"

    match value.Op with
    | LoopOp.Add -> infix "+"
    | LoopOp.Subtract -> infix "-"
    | LoopOp.Multiply -> infix "*"
    | LoopOp.Divide -> infix "/"
    | LoopOp.Negate -> $"-{x[0]}"
    | LoopOp.Absolute -> library form kind "Abs" x
    | LoopOp.FusedMultiplyAdd -> library form kind "FusedMultiplyAdd" x
    | LoopOp.MinimumNative when form.Vector -> $"NativeOrder.Minimum({x[0]}, {x[1]})"
    | LoopOp.MaximumNative when form.Vector -> $"NativeOrder.Maximum({x[0]}, {x[1]})"
    | LoopOp.MinimumNative -> $"{x[0]} < {x[1]} ? {x[0]} : {x[1]}"
    | LoopOp.MaximumNative -> $"{x[0]} > {x[1]} ? {x[0]} : {x[1]}"
    | LoopOp.SquareRoot when form.Vector -> $"Vector.SquareRoot({x[0]})"
    | LoopOp.SquareRoot -> library form kind "Sqrt" x
    | LoopOp.Floor -> library form kind "Floor" x
    | LoopOp.Ceiling -> library form kind "Ceiling" x
    | LoopOp.Truncate -> library form kind "Truncate" x
    | LoopOp.Round -> library form kind "Round" x
    | LoopOp.And -> infix "&"
    | LoopOp.Or -> infix "|"
    | LoopOp.Xor -> infix "^"
    | LoopOp.Not when form.Vector || kind <> DType.Bool -> $"~{x[0]}"
    | LoopOp.Not -> $"!{x[0]}"
    | LoopOp.ShiftLeft -> shift "<<"
    | LoopOp.ShiftRight -> shift ">>"
    | LoopOp.ShiftRightLogical -> shift ">>>"
    | LoopOp.Equal -> comparison form kind "Equals" "==" x[0] x[1]
    | LoopOp.NotEqual when form.Vector -> "~" + comparison form kind "Equals" "==" x[0] x[1]
    | LoopOp.NotEqual -> infix "!="
    | LoopOp.Less -> comparison form kind "LessThan" "<" x[0] x[1]
    | LoopOp.LessOrEqual -> comparison form kind "LessThanOrEqual" "<=" x[0] x[1]
    | LoopOp.Select -> select form value.Type x[0] x[1] x[2]
    | LoopOp.Convert -> convert form kind value.Type x[0]
    | LoopOp.Bitcast -> bitcast form kind value.Type x[0]
    | LoopOp.Call when not form.Vector ->
        let arguments = String.concat ", " x
        $"{value.Method.DeclaringType.Name}.{value.Method.Name}({arguments})"
    | op -> failwith $"{op} is not written as C#."

/// Whether a function calls another for single numbers outside rare paths: it has no form in vectors of its own.
let rec private isScalar (block: LoopBlock) =
    block.Items
    |> Seq.exists (function
        | :? LoopValue as value -> value.Op = LoopOp.Call
        | :? ForItem as lanes -> isScalar lanes.Body
        | _ -> false)

let private writeBody (text: StringBuilder) form (names: Dictionary<LoopValue, string>) (parameters: string list) (block: LoopBlock) =
    let each = String.concat ", " (parameters @ [ "&Apply" ])

    let nameOf (value: LoopValue) =
        if value.IsConstant then
            constant form value.Constant
        else
            names[value]

    let fresh value =
        let name = $"v{names.Count - parameters.Length}"
        names[value] <- name
        name

    let rec write indent (block: LoopBlock) =
        let line (content: string) =
            text.Append(' ', indent).Append(content).Append('\n') |> ignore

        for item in block.Items do
            match item with
            | :? LoopValue as value when value.IsConstant || value.Op = LoopOp.Load -> ()
            | :? LoopValue as value ->
                let content = expression form value [ for operand in value.Operands -> nameOf operand ]
                line $"{typeOf form value.Type} {fresh value} = {content};"
            | :? StoreItem as store -> line $"return {nameOf store.Value};"
            | :? ForItem as lanes -> write indent lanes.Body
            | :? RareItem as rare when form.Vector ->
                line $"if ({nameOf rare.Test} != Vector<{maskOf form}>.Zero)"
                line "{"
                line $"    return EachLane.Of({each});"
                line "}"
                line ""

                for choice in rare.Choices do
                    names[choice.Result] <- nameOf choice.Else
            | :? RareItem as rare ->
                for choice in rare.Choices do
                    line $"{typeOf form choice.Result.Type} {fresh choice.Result} = {nameOf choice.Else};"

                line $"if ({nameOf rare.Test})"
                line "{"
                write (indent + 4) rare.Block

                for choice in rare.Choices do
                    line $"    {names[choice.Result]} = {nameOf choice.Then};"

                line "}"
                line ""
            | other -> failwith $"{other} is not written as C#."

    if form.Vector && isScalar block then
        text.Append($"        return EachLane.Of({each});\n") |> ignore
    else
        write 8 block

let private writeForm (text: StringBuilder) (f: LoopFunction) vector =
    let builder = LoopBuilder(f.ToString())
    let form = { Vector = vector; Real = f.Type }
    let parameters = List.truncate f.Arity [ "x"; "y" ]

    let inputs = [ for _ in parameters -> builder.Buffer(LoopBufferKind.Input, f.Type, 2L) ]

    let output = builder.Buffer(LoopBufferKind.Output, f.Type, 2L)
    let names = Dictionary<LoopValue, string>(HashIdentity.Reference)

    builder.Phase(
        1L,
        fun _ ->
            builder.Lanes(
                builder.Index 2L,
                fun index ->
                    let operands = [ for input in inputs -> builder.Load(input, index) ]

                    for name, operand in List.zip parameters operands do
                        names[operand] <- name

                    builder.Store(output, index, f.Define.Invoke(builder, Collections.Immutable.ImmutableArray.CreateRange operands))
            )
    )

    let kind = typeOf form f.Type
    let list = parameters |> List.map (fun name -> $"{kind} {name}") |> String.concat ", "

    // It is called from loops that are optimized at once; as a method of its own it is too, instead of after many calls.
    text.Append "\n    [MethodImpl(MethodImplOptions.AggressiveOptimization)]"
    |> ignore

    text.Append $"\n    public static {kind} Apply({list})\n    {{\n" |> ignore
    writeBody text form names parameters (builder.Build().Phases[0].Body)
    text.Append "    }\n" |> ignore

/// The file of a function: its name and its content.
let file (name: string, both: LoopFunction list) =
    let contract = if both.Head.Arity = 1 then "IUnaryOp" else "IBinaryOp"
    let text = StringBuilder()

    text.Append
        "// <auto-generated/>\n// Written by `dotnet fsi build.fsx kernels` from src/Runtime.CSharp/Loops/Functions.\n#nullable enable\n#pragma warning disable CS1718 // NaN differs from itself.\n"
    |> ignore

    text.Append "using System.Numerics;\nusing System.Runtime.CompilerServices;\n\nnamespace Adjoint.Kernels;\n\n"
    |> ignore

    text.Append $"/// <summary>The function {name}, as the loop language defines it.</summary>\n"
    |> ignore

    text.Append $"internal readonly unsafe struct {pascal name} : {contract}<float>, {contract}<double>\n{{"
    |> ignore

    for f in both do
        writeForm text f false
        writeForm text f true

    text.Append "}\n" |> ignore
    pascal name + ".cs", text.ToString().Replace("{\n\n    public", "{\n    public")

/// The operator of a function: one of this folder, or one of Kernels for every type of number.
let private operator (f: LoopFunction) =
    let kind = host f.Type

    match f.Name with
    | "sqrt" -> $"SquareRoot<{kind}>"
    | "rsqrt" -> $"ReciprocalSquareRoot<{kind}>"
    | "sign" -> $"Sign<{kind}>"
    | name -> pascal name

/// The file that finds a function by its name.
let private table () =
    let text = StringBuilder()

    let line (content: string) =
        text.Append(content).Append('\n') |> ignore

    line "// <auto-generated/>"
    line "// Written by `dotnet fsi build.fsx kernels` from src/Runtime.CSharp/Loops/Functions."
    line "#nullable enable"
    line "namespace Adjoint.Kernels;\n"
    line "/// <summary>The precompiled forms of functions by name.</summary>"
    line "internal static class FunctionForms\n{"

    for kind, name in [ DType.F32, "Single"; DType.F64, "Double" ] do
        line $"    public static FunctionForm<{host kind}>? {name}(string name) => name switch\n    {{"

        for f in LoopFunctions.All do
            if f.Type = kind then
                let make = if f.Arity = 1 then "Of" else "OfTwo"
                line $"        \"{f.Name}\" => FunctionForm<{host kind}>.{make}<{operator f}>(),"

        line "        _ => null,\n    };"

        if kind = DType.F32 then
            line ""

    line "}"
    "FunctionForms.cs", text.ToString()

/// All files.
let files () = table () :: List.map file functions

/// Writes all files into the folder of generated kernels, and takes away what is there from before.
let write (root: string) =
    let folder = Path.Combine(root, "src", "Runtime.CSharp", "Kernels", "Generated")
    Directory.CreateDirectory folder |> ignore
    let written = files ()

    for old in Directory.GetFiles folder do
        if not (written |> List.exists (fun (name, _) -> name = Path.GetFileName old)) then
            File.Delete old

    for name, text in written do
        File.WriteAllText(Path.Combine(folder, name), text)

/// The folder that holds the solution, above the folder that this program runs from.
let root =
    let rec above (folder: DirectoryInfo) =
        if isNull folder then
            None
        elif File.Exists(Path.Combine(folder.FullName, "Adjoint.slnx")) then
            Some folder.FullName
        else
            above folder.Parent

    lazy (above (DirectoryInfo AppContext.BaseDirectory))

/// Does what writes into the repository, where the program runs inside one.
let inRepository action =
    match root.Value with
    | None ->
        eprintfn "The program runs outside the repository."
        1
    | Some root ->
        action root
        0

/// Writes all files where they lie.
let run () = inRepository write
