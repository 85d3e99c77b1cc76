/// Cases of GradBench with the outputs that its hand-derived C++ programs gave (particle and saddle: differences): of the repository
/// gradbench/gradbench, MIT; inputs of ba, ht and lstm are microsoft/ADBench's, MIT. Of the hand's vertices there are those that
/// points are compared with, and no others.
module Adjoint.ExampleTests.GradBench.Cases

open System.IO
open System.IO.Compression
open System.Text.Json
open System.Text.Json.Nodes
open Expecto
open Adjoint.Examples.GradBench

/// An input of a module, and the output of each of its functions.
type Case =
    {
        Module: string
        Description: string
        Input: JsonNode
        Outputs: (string * JsonNode) list
    }

let private read (line: string) =
    let case = JsonNode.Parse line

    {
        Module = string case["module"]
        Description = string case["description"]
        Input = case["input"]
        Outputs = [ for output in case["outputs"].AsObject() -> output.Key, output.Value ]
    }

let all =
    lazy
        let path = Path.Combine(__SOURCE_DIRECTORY__, "cases.jsonl.gz")
        use reader = new StreamReader(new GZipStream(File.OpenRead path, CompressionMode.Decompress))

        reader.ReadToEnd().Split('\n', System.StringSplitOptions.RemoveEmptyEntries)
        |> Array.map read
        |> List.ofArray

/// The answer to a message of these fields.
let ask (fields: (string * JsonNode) list) =
    let message = JsonObject()

    for name, value in fields do
        message[name] <- if isNull value then null else value.DeepClone()

    JsonNode.Parse(Protocol.answer (message.ToJsonString()))

let text (value: string) : JsonNode = JsonValue.Create value

let number (value: float) : JsonNode = JsonValue.Create value

let evaluate (moduleName: string) (f: string) (input: JsonNode) =
    ask
        [
            "id", number 7.0
            "kind", text "evaluate"
            "module", text moduleName
            "function", text f
            "input", input
        ]

/// Outputs are good to 1e-9, relatively, which is what the eval itself asks for in the exact cases; differences to 1e-4.
let tolerance moduleName =
    match moduleName with
    | "particle"
    | "saddle" -> 1e-4
    | _ -> 1e-9

let rec agree tolerance (path: string) (expected: JsonNode) (actual: JsonNode) =
    match expected.GetValueKind() with
    | JsonValueKind.Object ->
        let expected, actual = expected.AsObject(), actual.AsObject()
        Expect.equal (set [ for field in actual -> field.Key ]) (set [ for field in expected -> field.Key ]) $"{path}: fields"

        for field in expected do
            agree tolerance $"{path}.{field.Key}" field.Value actual[field.Key]
    | JsonValueKind.Array ->
        let expected, actual = expected.AsArray(), actual.AsArray()
        Expect.equal actual.Count expected.Count $"{path}: items"
        Seq.iteri2 (fun i wanted found -> agree tolerance $"{path}[{i}]" wanted found) expected actual
    | _ ->
        let wanted, found = expected.GetValue<float>(), actual.GetValue<float>()
        Adjoint.ExampleTests.Checks.near (tolerance * abs wanted) wanted found path
