namespace Adjoint.Loops;

/// <summary>What is lowered would become a longer program, or one built by deeper calls, than it is worth: it runs in parts instead.</summary>
internal sealed class TooLongException() : Exception("The program is too long.");
