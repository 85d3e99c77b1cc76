namespace Adjoint.Suites.StableHlo

open System
open System.IO
open System.IO.Compression
open System.Numerics
open System.Runtime.InteropServices
open System.Text.Json
open Adjoint.Core
open Adjoint.Suites

/// A region or function: its arguments, its statements, and the names of what it gives.
type Code =
    {
        Arguments: string list
        Body: Statement list
        Return: string list
    }

/// One operation of a program.
and Statement =
    {
        Results: string list
        Operation: string
        Operands: string list
        Attributes: JsonElement option
        Regions: Code list
        Value: NDArray option
        ResultTypes: string list
    }

/// What a program must give.
type Expected =
    {
        Result: string
        Check: string
        Value: NDArray
    }

/// A program with its inputs and what it must give.
type Case =
    {
        Name: string
        Group: string
        Inputs: (string * NDArray) list
        Program: Statement list
        Functions: Map<string, Code>
        Expected: Expected list
    }

/// Reads the packs: JSON of programs, arrays as base64 of little-endian bytes.
[<RequireQualifiedAccess>]
module Pack =

    let private dtypes =
        Map
            [
                "i1", DType.Bool
                "i8", DType.I8
                "i16", DType.I16
                "i32", DType.I32
                "i64", DType.I64
                "ui8", DType.U8
                "ui16", DType.U16
                "ui32", DType.U32
                "ui64", DType.U64
                "f16", DType.F16
                "bf16", DType.BF16
                "f32", DType.F32
                "f64", DType.F64
                "complex<f32>", DType.C64
                "complex<f64>", DType.C128
            ]

    /// The dtype that StableHLO calls so.
    let dtype name =
        match Map.tryFind name dtypes with
        | Some dtype -> dtype
        | None -> raise (Unmapped $"the dtype {name} is not one of the library's")

    /// tensor<2x3xf32> as a dtype and a shape.
    let tensorType (text: string) =
        let inner = text.Substring("tensor<".Length, text.Length - "tensor<>".Length)
        let parts = inner.Split('x')

        // The x of complex<...> does not occur: only its letters before "<" hold one.
        if inner.Contains "complex" then
            let at = inner.IndexOf "complex"
            let extents = inner.Substring(0, at).Split('x', StringSplitOptions.RemoveEmptyEntries)
            dtype (inner.Substring at), Shape.Of(Array.map int extents)
        else if parts |> Array.exists (fun part -> part = "?") then
            raise (Unmapped "shapes are static")
        else
            dtype parts[parts.Length - 1], Shape.Of(Array.map int parts[.. parts.Length - 2])

    let private array (element: JsonElement) =
        let bytes = element.GetProperty("b64").GetBytesFromBase64()
        let kind = dtype (element.GetProperty("dtype").GetString())

        let shape =
            Shape.Of
                [|
                    for extent in element.GetProperty("shape").EnumerateArray() -> extent.GetInt32()
                |]

        let read () =
            match kind with
            | DType.Bool -> NDArray.Of<bool>(shape, ReadOnlySpan(Array.map ((<>) 0uy) bytes))
            | DType.I8 -> NDArray.Of<sbyte>(shape, MemoryMarshal.Cast<byte, sbyte>(ReadOnlySpan bytes))
            | DType.I16 -> NDArray.Of<int16>(shape, MemoryMarshal.Cast<byte, int16>(ReadOnlySpan bytes))
            | DType.I32 -> NDArray.Of<int>(shape, MemoryMarshal.Cast<byte, int>(ReadOnlySpan bytes))
            | DType.I64 -> NDArray.Of<int64>(shape, MemoryMarshal.Cast<byte, int64>(ReadOnlySpan bytes))
            | DType.U8 -> NDArray.Of<byte>(shape, ReadOnlySpan bytes)
            | DType.U16 -> NDArray.Of<uint16>(shape, MemoryMarshal.Cast<byte, uint16>(ReadOnlySpan bytes))
            | DType.U32 -> NDArray.Of<uint32>(shape, MemoryMarshal.Cast<byte, uint32>(ReadOnlySpan bytes))
            | DType.U64 -> NDArray.Of<uint64>(shape, MemoryMarshal.Cast<byte, uint64>(ReadOnlySpan bytes))
            | DType.F16 -> NDArray.Of<Half>(shape, MemoryMarshal.Cast<byte, Half>(ReadOnlySpan bytes))
            | DType.BF16 -> NDArray.Of<BFloat16>(shape, MemoryMarshal.Cast<byte, BFloat16>(ReadOnlySpan bytes))
            | DType.F32 -> NDArray.Of<float32>(shape, MemoryMarshal.Cast<byte, float32>(ReadOnlySpan bytes))
            | DType.F64 -> NDArray.Of<float>(shape, MemoryMarshal.Cast<byte, float>(ReadOnlySpan bytes))
            | DType.C64 -> NDArray.Of<Complex64>(shape, MemoryMarshal.Cast<byte, Complex64>(ReadOnlySpan bytes))
            | _ -> NDArray.Of<Complex>(shape, MemoryMarshal.Cast<byte, Complex>(ReadOnlySpan bytes))

        read ()

    let private optional (name: string) (element: JsonElement) =
        match element.TryGetProperty name with
        | true, value when value.ValueKind <> JsonValueKind.Null -> Some value
        | _ -> None

    let private items read (element: JsonElement) =
        [ for item in element.EnumerateArray() -> read item ]

    let private names element =
        element |> items (fun (name: JsonElement) -> name.GetString())

    let private list read element =
        element |> Option.map (items read) |> Option.defaultValue []

    let rec private statement (element: JsonElement) : Statement =
        {
            Results = names (element.GetProperty "out")
            Operation = element.GetProperty("op").GetString().Split('.') |> Array.last
            Operands = optional "in" element |> list _.GetString()
            Attributes = optional "attrs" element
            Regions = optional "regions" element |> list region
            Value = optional "value" element |> Option.map array
            ResultTypes = optional "out_types" element |> list _.GetString()
        }

    and private region (element: JsonElement) =
        {
            Arguments = element.GetProperty "args" |> items (fun pair -> pair[0].GetString())
            Body = element.GetProperty "body" |> items statement
            Return = names (element.GetProperty "return")
        }

    let private case (element: JsonElement) =
        let name = element.GetProperty("name").GetString()

        {
            Name = name
            Group =
                match optional "jax_test" element with
                | Some test -> test.GetString()
                | None -> name.Split('/')[1]
            Inputs =
                element.GetProperty "inputs"
                |> items (fun input -> input.GetProperty("name").GetString(), array input)
            Program = element.GetProperty "program" |> items statement
            Functions =
                Map
                    [
                        for f in element.GetProperty("functions").EnumerateObject() -> f.Name, region f.Value
                    ]
            Expected =
                element.GetProperty "expected"
                |> items (fun expected ->
                    {
                        Result = expected.GetProperty("result").GetString()
                        Check = expected.GetProperty("check").GetString()
                        Value = array expected
                    })
        }

    /// The cases of a pack: JSON, compressed where its name ends so.
    let read (path: string) =
        use file = File.OpenRead path

        use plain: Stream =
            if path.EndsWith ".gz" then
                new GZipStream(file, CompressionMode.Decompress)
            else
                file

        use document = JsonDocument.Parse plain
        document.RootElement.Clone().GetProperty "tests" |> items case
