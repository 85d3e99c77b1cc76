namespace Adjoint.Suites

open System.IO
open System.IO.Compression
open System.Text.Json.Nodes
open Adjoint.Examples.GradBench

/// Judges the entry to GradBench, by the messages that its evals send.
[<RequireQualifiedAccess>]
module GradBench =

    /// What the hand-derived programs are good to, relatively; particle and saddle come from differences.
    let private tolerance moduleName =
        match moduleName with
        | "particle"
        | "saddle" -> 1e-4
        | _ -> 1e-9

    /// The least number of full precision.
    let private leastNormal = System.Math.ScaleB(1.0, -1022)

    let rec private differs tolerance (path: string) (expected: JsonNode) (actual: JsonNode) : string option =
        match expected, actual with
        | (:? JsonObject as expected), (:? JsonObject as actual) ->
            expected
            |> Seq.tryPick (fun field -> differs tolerance $"{path}.{field.Key}" field.Value actual[field.Key])
        | (:? JsonArray as expected), (:? JsonArray as actual) when expected.Count = actual.Count ->
            Seq.zip expected actual
            |> Seq.indexed
            |> Seq.tryPick (fun (i, (wanted, found)) -> differs tolerance $"{path}[{i}]" wanted found)
        | (:? JsonValue as expected), (:? JsonValue as actual) ->
            let wanted, found = expected.GetValue<float>(), actual.GetValue<float>()

            if abs (found - wanted) <= tolerance * max (abs wanted) leastNormal then
                None
            else
                Some $"{path} is {found:R}, not {wanted:R}"
        | _ -> Some $"{path} is of another form than it should be"

    let private judge (case: JsonNode) =
        let message = JsonObject()
        message["id"] <- JsonValue.Create 1
        message["kind"] <- JsonValue.Create "evaluate"

        for field in [ "module"; "function"; "input" ] do
            message[field] <- case[field].DeepClone()

        let answer = JsonNode.Parse(Protocol.answer (message.ToJsonString()))

        if not (answer["success"].GetValue<bool>()) then
            Failed(string answer["error"])
        else
            match differs (tolerance (string case["module"])) "output" case["output"] answer["output"] with
            | Some why -> Failed why
            | None -> Passed

    let private lines (path: string) =
        seq {
            use reader = new StreamReader(new GZipStream(File.OpenRead path, CompressionMode.Decompress))

            while not reader.EndOfStream do
                reader.ReadLine()
        }

    /// All cases of a folder, one file an eval.
    let read (folder: string) =
        [
            for path in Array.sort (Directory.GetFiles(folder, "*.jsonl.gz")) do
                for line in lines path do
                    let case = JsonNode.Parse line

                    {
                        Name = $"""{case["module"]} {case["function"]} {case["description"]}"""
                        Group = $"""{case["module"]} {case["function"]}"""
                        Verdict = Verdict.from (fun () -> judge case)
                    }
        ]
