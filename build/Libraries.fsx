// The libraries behind the native kernels, from the system's own package sources into an ignored folder: nothing is
// installed, no source is named here, and no right but that of writing in the repository is needed.
//
// The packages are fetched once and kept; what the signed lists say of them is checked by apt. MKL lies in a component of
// its own (non-free), which a copy of the system's list of sources asks for besides.

open System
open System.IO
open System.Text.RegularExpressions
open Steps

/// Packages that stand or fall together, and what is taken out of each.
type Group =
    {
        Name: string
        Packages: (string * string list) list
    }

let groups =
    [
        {
            Name = "OpenBLAS"
            Packages =
                [
                    "libopenblas0-serial", [ "*/libopenblas-r*.so"; "*/libopenblas.so.0" ]
                    "libgfortran5", [ "*/libgfortran.so.5*" ]
                    "libquadmath0", [ "*/libquadmath.so.0*" ]
                ]
        }
        {
            Name = "oneDNN"
            Packages =
                [
                    "libdnnl2", [ "*/libdnnl.so.2*" ]
                    "libdnnl-dev", [ "./usr/include/*" ]
                    "libgomp1", [ "*/libgomp.so.1*" ]
                    "ocl-icd-libopencl1", [ "*/libOpenCL.so.1*" ]
                ]
        }
        {
            Name = "Highway"
            Packages = [ ("libhwy-dev", [ "./usr/include/*" ]) ]
        }
        {
            Name = "MKL"
            Packages =
                [
                    "libmkl-computational-dev", [ "*/libmkl_core.a" ]
                    "libmkl-interface-dev", [ "*/libmkl_intel_lp64.a" ]
                    "libmkl-threading-dev", [ "*/libmkl_sequential.a" ]
                ]
        }
    ]

let private folder = Path.Combine(root, "artifacts", "libraries")
let private packages = Path.Combine(folder, "packages")

/// The list of sources of the system, each entry of its own archive with the component besides that MKL lies in.
let private copySources target =
    let extra =
        let release = "/etc/os-release"

        if
            File.Exists release
            && Regex.IsMatch(File.ReadAllText release, "(?m)^ID(_LIKE)?=.*ubuntu")
        then
            [ "universe"; "multiverse" ]
        else
            [ "non-free" ]

    let widen (components: string) =
        components.Split([| ' '; '\t' |], StringSplitOptions.RemoveEmptyEntries)
        |> Array.toList
        |> fun given -> String.concat " " (List.distinct (given @ extra))

    let isMain (components: string) =
        Regex.IsMatch(components, @"(^|\s)main(\s|$)")

    let oneLine (text: string) =
        [
            for entry in Regex.Matches(text, @"(?m)^[ \t]*(deb[ \t]+(?:\[[^\]]*\][ \t]+)?\S+[ \t]+\S+)[ \t]+([^#\r\n]+)") do
                if isMain entry.Groups[2].Value then
                    $"{entry.Groups[1].Value} {widen entry.Groups[2].Value}"
        ]

    let stanzas (text: string) =
        [
            for stanza in Regex.Split(text, @"\r?\n[ \t]*\r?\n") do
                let components = Regex.Match(stanza, @"(?mi)^Components:[ \t]*(.+)$")

                if
                    Regex.IsMatch(stanza, @"(?mi)^Types:.*\bdeb\b")
                    && isMain (components.Groups[1].Value.Trim())
                    && not (Regex.IsMatch(stanza, @"(?mi)^Enabled:[ \t]*(no|false|0)"))
                then
                    stanza.Replace(components.Value, $"Components: {widen components.Groups[1].Value}")
        ]

    let parts = "/etc/apt/sources.list.d"

    let files pattern =
        if Directory.Exists parts then
            List.ofArray (Directory.GetFiles(parts, pattern))
        else
            []

    let lists =
        (if File.Exists "/etc/apt/sources.list" then
             [ "/etc/apt/sources.list" ]
         else
             [])
        @ files "*.list"

    let entries = lists |> List.collect (File.ReadAllText >> oneLine)
    let written = files "*.sources" |> List.collect (File.ReadAllText >> stanzas)
    Directory.CreateDirectory target |> ignore
    File.WriteAllLines(Path.Combine(target, "system.list"), entries)
    File.WriteAllText(Path.Combine(target, "system.sources"), String.concat "\n\n" written + "\n")

/// Calls apt with folders of its own for all that it writes.
let private apt (program: string) work arguments =
    let place (name: string) = Path.Combine(folder, "apt", name)

    for name in [ "lists/partial"; "cache/archives/partial" ] do
        Directory.CreateDirectory(place name) |> ignore

    let options =
        [
            "Dir::Etc::sourcelist=/dev/null"
            "Dir::Etc::sourceparts=" + place "sources"
            "Dir::State::lists=" + place "lists"
            "Dir::Cache=" + place "cache"
            "APT::Sandbox::User="
            "Debug::NoLocking=true"
            "Acquire::Languages=none"
            "Acquire::Retries=1"
            "Acquire::http::Timeout=20"
            "Acquire::https::Timeout=20"
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false"
        ]

    executeIn work program ((options |> List.collect (fun option -> [ "-o"; option ])) @ arguments)

/// The file of a package that was fetched before.
let private fetched (package: string) =
    if Directory.Exists packages then
        Directory.GetFiles(packages, $"{package}_*.deb") |> Array.tryHead
    else
        None

let private isFetched group =
    group.Packages |> List.forall (fun (package, _) -> (fetched package).IsSome)

/// Fetches the packages of a group into a folder beside the others, and moves them there when all have come.
let private fetchGroup group =
    let fresh = Path.Combine(folder, "fresh")

    if Directory.Exists fresh then
        Directory.Delete(fresh, true)

    Directory.CreateDirectory fresh |> ignore
    Directory.CreateDirectory packages |> ignore
    let code, _ = apt "apt-get" fresh ("download" :: List.map fst group.Packages)
    let files = Directory.GetFiles(fresh, "*.deb")

    if code = 0 && files.Length = group.Packages.Length then
        for file in files do
            File.Move(file, Path.Combine(packages, Path.GetFileName file), true)

    Directory.Delete(fresh, true)

/// Takes files out of a package.
let private takeOut target package patterns =
    let command = "dpkg-deb --fsys-tarfile \"$0\" | tar -x -C \"$1\" --wildcards \"${@:2}\""
    executeIn root "bash" ([ "-o"; "pipefail"; "-c"; command; (fetched package).Value; target ] @ patterns)

/// Takes out of a group's packages what is used of them, and their licences where these are files of their own.
let private extract target group =
    for package, patterns in group.Packages do
        let code, output = takeOut target package patterns

        if code <> 0 then
            fail $"{package} can't be taken apart: {output.Trim()}"

        takeOut target package [ $"./usr/share/doc/{package}/copyright" ] |> ignore

/// Fetches what has not been fetched, and gives the groups that are there, and those that are not.
let fetch () =
    let missing = groups |> List.filter (isFetched >> not)

    if not missing.IsEmpty && canRun "apt-get" && canRun "dpkg-deb" then
        copySources (Path.Combine(folder, "apt", "sources"))
        apt "apt-get" root [ "update" ] |> ignore
        missing |> List.iter fetchGroup

    groups |> List.partition isFetched

/// Lays out what was fetched below a folder, as it would lie in the system.
let layOut target (present: Group list) =
    if Directory.Exists target then
        Directory.Delete(target, true)

    Directory.CreateDirectory target |> ignore
    present |> List.iter (extract target)
