// The smallest program that a bench can start: static, so that no loader is measured.
int main() { return 0; }
