/// GradBench's protocol, line by line.
module Adjoint.ExampleTests.GradBench.ProtocolTests

open System.IO
open System.Text.Json.Nodes
open Expecto
open Adjoint.Examples.GradBench
open Adjoint.ExampleTests.GradBench.Cases

let private refused (reason: string) (answer: JsonNode) =
    Expect.isFalse (answer["success"].GetValue<bool>()) $"{answer}"
    Expect.stringContains (string answer["error"]) reason "the reason"

let private input (json: string) = JsonNode.Parse json

let private timings (name: string) (answer: JsonNode) =
    [
        for timing in answer["timings"].AsArray() do
            if string timing["name"] = name then
                timing["nanoseconds"].GetValue<int64>()
    ]

let private messages =
    testList
        "messages"
        [
            testCase "start names the tool" (fun () ->
                let answer = ask [ "id", number 0.0; "kind", text "start"; "eval", text "hello" ]
                Expect.equal (answer.ToJsonString()) """{"id":0,"tool":"adjoint"}""" "answer")

            testCase "define knows the twelve evals" (fun () ->
                let names = "ba det gmm hello ht kmeans llsq lse lstm ode particle saddle".Split ' '
                Expect.equal (List.ofSeq Protocol.modules.Keys) (List.ofArray names) "modules"

                for name in names do
                    let answer = ask [ "id", number 3.0; "kind", text "define"; "module", text name ]
                    Expect.equal (answer.ToJsonString()) """{"id":3,"success":true}""" name)

            testCase "analysis is taken note of" (fun () ->
                let answer =
                    ask
                        [
                            "id", number 4.0
                            "kind", text "analysis"
                            "of", number 3.0
                            "valid", JsonValue.Create true
                        ]

                Expect.equal (answer.ToJsonString()) """{"id":4}""" "answer")

            testCase "evaluate answers with the output and a timing" (fun () ->
                let answer = evaluate "hello" "square" (input "3")
                Expect.equal (answer["id"].GetValue<int>()) 7 "id"
                Expect.equal (answer["output"].GetValue<float>()) 9.0 "output"
                Expect.hasLength (timings "evaluate" answer) 1 "runs"
                Expect.hasLength (timings "prepare" answer) 1 "preparations")

            testCase "as many runs as are asked for" (fun () ->
                let answer = evaluate "lse" "primal" (input """{"x": [1, 2], "min_runs": 5, "min_seconds": 0}""")
                Expect.hasLength (timings "evaluate" answer) 5 "runs")

            testCase "runs until they took as long as is asked for" (fun () ->
                let answer = evaluate "lse" "primal" (input """{"x": [1, 2], "min_runs": 1, "min_seconds": 0.01}""")
                let all = timings "evaluate" answer
                Expect.isGreaterThanOrEqual (List.sum all) 10_000_000L "together"
                Expect.isLessThan (List.sum all - List.last all) 10_000_000L "not one more than it takes")

            testCase "digits are enough to read the same number again" (fun () ->
                let answer = evaluate "hello" "double" (input "0.1")
                Expect.equal (answer["output"].GetValue<float>()) 0.2 "output"
                let third = evaluate "hello" "square" (number (1.0 / 3.0))
                Expect.equal (third["output"].GetValue<float>()) (1.0 / 3.0 * (1.0 / 3.0)) "output")

            testCase "what is no number in JSON is null" (fun () ->
                let answer = evaluate "hello" "square" (input "1e200")
                Expect.isTrue (answer["success"].GetValue<bool>()) "success"
                Expect.isNull answer["output"] "infinity")
        ]

let private errors =
    testList
        "errors"
        [
            testCase "an unknown module" (fun () ->
                ask [ "id", number 1.0; "kind", text "define"; "module", text "fft" ]
                |> refused "there is no module 'fft'"

                evaluate "fft" "primal" (input "1") |> refused "there is no module 'fft'")

            testCase "an unknown function" (fun () ->
                evaluate "gmm" "hessian" (input "{}")
                |> refused "there is no function 'hessian' here, but jacobian, objective")

            testCase "an unknown kind" (fun () ->
                ask [ "id", number 1.0; "kind", text "stop" ]
                |> refused "kind of message 'stop'"

                ask [ "id", number 1.0 ] |> refused "'kind'")

            testCase "inputs that are not what the eval defines" (fun () ->
                evaluate "lse" "primal" (input "{}") |> refused "no field 'x'"
                evaluate "lse" "primal" (input "5") |> refused "not an object"
                evaluate "lse" "primal" (input """{"x": "no"}""") |> refused "x holds String"
                evaluate "lse" "primal" (input """{"x": [1, null]}""") |> refused "x holds Null"

                evaluate "kmeans" "cost" (input """{"points": [[1, 2], [3]], "centroids": [[1, 2]]}""")
                |> refused "beside each other"

                evaluate "kmeans" "cost" (input """{"points": [[1, 2]], "centroids": [[1]]}""")
                |> refused "matmul"

                evaluate "det" "primal" (input """{"A": [1, 2, 3], "ell": 2}""")
                |> refused "square matrix of edge 2"

                evaluate "ode" "primal" (input """{"x": [1], "s": 1.5}""")
                |> refused "an integer"

                evaluate "hello" "square" (input "\"one\"") |> refused "a number")

            testCase "runs without an end" (fun () ->
                for asked in [ "min_runs"; "min_seconds" ] do
                    evaluate "lse" "primal" (input $"""{{"x": [1, 2], "{asked}": 1e999}}""")
                    |> refused "no run reaches")

            testCase "half of a character" (fun () ->
                for line in [ """{"id": 1, "kind": "\ud800"}"""; """{"id": "\ud800", "kind": "start"}""" ] do
                    Protocol.answer line |> JsonNode.Parse |> refused "cannot be read")

            testCase "a line that is no message, and the lines after it" (fun () ->
                let lines =
                    [
                        "{\"id\": 1, \"kind\": \"start\""
                        "[1]"
                        ""
                        """{"id": 2, "kind": "start"}"""
                    ]

                let output = new StringWriter()
                Protocol.serve (new StringReader(String.concat "\n" lines)) output
                let answers = output.ToString().Split('\n', System.StringSplitOptions.RemoveEmptyEntries)
                Expect.hasLength answers 3 "a blank line is no message"
                JsonNode.Parse answers[0] |> refused "not JSON"
                JsonNode.Parse answers[1] |> refused "not an object"
                Expect.equal (answers[2].Trim()) """{"id":2,"tool":"adjoint"}""" "the next one")
        ]

[<Tests>]
let tests = testList "GradBench protocol" [ messages; errors ]
