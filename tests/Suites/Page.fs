namespace Adjoint.Suites

open System.IO
open System.Text

/// Writes what the judges found as a page.
[<RequireQualifiedAccess>]
module Page =

    let private count verdict (cases: Judged list) =
        cases
        |> List.filter (fun case ->
            match case.Verdict, verdict with
            | Passed, Passed
            | Failed _, Failed _
            | NotApplicable _, NotApplicable _ -> true
            | _ -> false)
        |> List.length

    let private passed = count Passed
    let private failed = count (Failed "")
    let private absent = count (NotApplicable "")

    let private cell (text: string) = text.Replace("|", "\\|")

    let private groups (page: StringBuilder) cases =
        page.AppendLine("| operation | pass | fail | does not apply |").AppendLine("|---|---:|---:|---:|")
        |> ignore

        for group, members in cases |> List.groupBy _.Group |> List.sortBy fst do
            let blank number =
                if number = 0 then "" else string number

            page.AppendLine $"| {cell group} | {blank (passed members)} | {blank (failed members)} | {blank (absent members)} |"
            |> ignore

        page.AppendLine() |> ignore

    let private reasons (page: StringBuilder) title which cases =
        let found =
            cases
            |> List.choose (fun case -> which case.Verdict |> Option.map (fun reason -> reason, case.Name))

        if not found.IsEmpty then
            page.AppendLine($"{title}").AppendLine() |> ignore

            for reason, names in found |> List.groupBy fst do
                let list = names |> List.map (fun (_, name) -> $"`{name}`") |> String.concat ", "
                page.AppendLine $"- {reason}: {list}." |> ignore

            page.AppendLine() |> ignore

    /// A pack's section: its count, a row for each operation, and a reason for each case that does not pass.
    let section (page: StringBuilder) title (about: string) (cases: Judged list) =
        page.AppendLine($"## {title}").AppendLine().AppendLine(about).AppendLine()
        |> ignore

        page.AppendLine($"**{passed cases} of {cases.Length} pass, {failed cases} fail, {absent cases} do not apply.**").AppendLine()
        |> ignore

        groups page cases

        reasons
            page
            "What does not apply:"
            (function
            | NotApplicable reason -> Some reason
            | _ -> None)
            cases

        reasons
            page
            "What fails:"
            (function
            | Failed why -> Some why
            | _ -> None)
            cases

    let write (path: string) (page: StringBuilder) =
        File.WriteAllText(path, page.ToString().TrimEnd() + "\n")
